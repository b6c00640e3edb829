import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { chromium } from '@playwright/test';
import { launchOptions } from '../../scripts/lib/find-browser.mjs';
import { encodeWav } from '../audio/wav.ts';
import { AppPage } from '../fixtures/app-page.ts';
import { expect, test } from '../fixtures/test.ts';

const RATE_HZ = 48_000;
const SECONDS = 5;

test('strong noise suppression is chosen in mid-call, runs as the page is served, and shows what it takes out', async ({
  relay,
}, info) => {
  const wav = info.outputPath('noise.wav');
  mkdirSync(dirname(wav), { recursive: true });
  writeFileSync(wav, encodeWav({ samples: noise(), rateHz: RATE_HZ }));
  const options = launchOptions();
  const args = [...(options.args ?? []), `--use-file-for-fake-audio-capture=${wav}`];
  const browser = await chromium.launch({ ...options, args });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    const loaded: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => loaded.push(request.url()));
    const app = new AppPage(page, relay.url);
    await app.open();
    await app.startCall();
    expect(loaded.filter((url) => url.includes('rnnoise'))).toEqual([]);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('radio', { name: /^Strong/ }).check();
    await expect
      .poll(async () => Number(/(\d+)\sdB/.exec(await page.getByText(/^Takes out/).innerText())?.[1]), {
        timeout: 15_000,
      })
      .toBeGreaterThan(12);
    expect(loaded.filter((url) => url.includes('rnnoise')).length).toBe(1);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

/** Even hiss at about -30 dBFS, the same each time. */
function noise(): Int16Array<ArrayBuffer> {
  let seed = 1;
  return Int16Array.from({ length: SECONDS * RATE_HZ }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    return (seed / 2 ** 31) * 1_800;
  });
}
