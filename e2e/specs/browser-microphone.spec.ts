import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { chromium } from '@playwright/test';
import { launchOptions } from '../../scripts/lib/find-browser.mjs';
import { resample } from '#dsp/resampler';
import { toFloat, toInt16 } from '../audio/voice.ts';
import { encodeWav } from '../audio/wav.ts';
import { AppPage } from '../fixtures/app-page.ts';
import { threeUtterances, type Spoken } from '../fixtures/speech.ts';
import { expect, test } from '../fixtures/test.ts';

const RATE_HZ = 48_000;
const LEAD_MS = 6_000;
const GAP_MS = 7_000;

test('with the browser’s own microphone, the page as served and nobody else on the network', async ({ relay, gpu }, info) => {
  test.setTimeout(120_000);
  gpu.script.reply = 'Yes.';
  const wav = info.outputPath('microphone.wav');
  mkdirSync(dirname(wav), { recursive: true });
  writeFileSync(wav, encodeWav({ samples: sequence(await threeUtterances()), rateHz: RATE_HZ }));
  const options = launchOptions();
  const args = [...(options.args ?? []), `--use-file-for-fake-audio-capture=${wav}%noloop`];
  const browser = await chromium.launch({ ...options, args });
  try {
    const page = await browser.newPage();
    const strangers: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(relay.url)) strangers.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const app = new AppPage(page, relay.url);
    await app.open();
    await app.startCall();
    await app.untilTurns(['answered', 'answered', 'answered'], 90_000);
    expect(await app.glitches()).toEqual({ lostFrames: 0, underruns: 0 });
    expect(strangers).toEqual([]);
    expect(complaints).toEqual([]);
    const voices = gpu.requests.filter((request) => request.outcome === 'finished').map((request) => request.audios.at(-1));
    for (const voice of voices) expect(voice?.levelDb).toBeGreaterThan(-50);
  } finally {
    await browser.close();
  }
});

/** One recording: each utterance after a gap long enough for its predecessor's answer. */
function sequence(utterances: Spoken[]): Int16Array<ArrayBuffer> {
  const silence = (ms: number) => new Int16Array((ms * RATE_HZ) / 1000);
  const parts = utterances.flatMap(({ samples, rateHz }, i) => [
    silence(i === 0 ? LEAD_MS : GAP_MS),
    toInt16(resample(toFloat(samples), rateHz, RATE_HZ)),
  ]);
  const joined = new Int16Array([...parts, silence(GAP_MS)].reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
