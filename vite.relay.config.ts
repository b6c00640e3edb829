import { defineConfig } from 'vite';

/** The relay, bundled to one file so that it starts in a fraction of a second on plain Node. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'relay/main.ts',
    outDir: 'dist/relay',
    emptyOutDir: true,
    target: 'node20',
    rollupOptions: { output: { entryFileNames: 'main.js' } },
  },
  ssr: { noExternal: true, external: ['bufferutil', 'pino'] },
});
