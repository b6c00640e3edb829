import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/lib/find-browser.mjs';

/** The built product in a real Chromium; every spec starts the relay it talks to. */
export default defineConfig({
  testDir: 'e2e/specs',
  outputDir: 'test-results/e2e',
  globalSetup: './scripts/lib/playwright-setup.mjs',
  // Calls are timed to tens of milliseconds; two browsers at once would measure each other.
  workers: 1,
  retries: 0,
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: { trace: 'retain-on-failure' },
  projects: [{ name: 'chromium', use: { browserName: 'chromium', launchOptions: launchOptions() } }],
});
