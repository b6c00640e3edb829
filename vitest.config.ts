import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { launchOptions } from './scripts/lib/find-browser.mjs';
import { serveModel } from './web/speech/testing/serve-model.ts';

const BROWSER_TESTS = '**/*.browser.test.ts';
const NOT_OURS = ['**/node_modules/**', 'dist/**'];

/** `unit` runs in Node, `browser` in a real Chromium, where worklets, workers and IndexedDB are the real ones. */
export default defineConfig({
  assetsInclude: ['**/*.onnx'],
  worker: { format: 'es' },
  plugins: [svelte({ configFile: false })],
  test: {
    projects: [
      {
        extends: true,
        // Many of them wait for the time limits of servers: one worker fewer than cores would wait one after the other.
        test: {
          name: 'unit',
          environment: 'node',
          maxWorkers: 2,
          testTimeout: 20_000,
          include: ['**/*.test.ts'],
          exclude: [...NOT_OURS, BROWSER_TESTS],
        },
      },
      {
        extends: true,
        // Its wasm files are found relative to its own modules, which pre-bundling would move.
        optimizeDeps: { exclude: ['onnxruntime-web'] },
        plugins: [serveModel()],
        test: {
          name: 'browser',
          include: [BROWSER_TESTS],
          exclude: NOT_OURS,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
