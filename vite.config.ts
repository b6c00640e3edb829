import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The web app: one page, one call worker, two worklets; every asset served by ourselves. */
export default defineConfig({
  root: 'web',
  publicDir: '../public',
  plugins: [svelte({ configFile: false })],
  worker: { format: 'es' },
  assetsInclude: ['**/*.onnx'],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // A worklet or a model inlined as a data: URL would break the content security policy.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
});
