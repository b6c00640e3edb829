import { defineConfig } from 'vite';

/**
 * The relay, bundled so that it starts in a fraction of a second on plain Node: one file for the program, one for the
 * threads that listen, and what both share beside them. Those threads find the networks' runtime and files in
 * node_modules.
 */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist/relay',
    emptyOutDir: true,
    target: 'node20',
    rollupOptions: {
      input: { main: 'relay/main.ts', 'vad-worker': 'relay/vad/vad-worker.ts' },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
  ssr: { noExternal: true, external: ['bufferutil', 'pino', 'onnxruntime-web'] },
});
