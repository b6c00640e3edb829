/**
 * What resampling costs: `npx vitest bench --run --project unit dsp/resampler.bench.ts`. One iteration is one second of
 * audio in blocks of 128 samples, as the worklets do it, so that the `mean` column reads as CPU milliseconds per second
 * of audio.
 */
import { bench } from 'vitest';
import { Resampler } from './resampler.ts';
import { sine } from './testing/tones.ts';

const PAIRS: [number, number][] = [
  [48_000, 16_000],
  [44_100, 16_000],
  [96_000, 16_000],
  [192_000, 16_000],
  [24_000, 48_000],
  [24_000, 44_100],
  [16_000, 24_000],
];

for (const [fromHz, toHz] of PAIRS) {
  const resampler = new Resampler({ fromHz, toHz });
  const tone = sine(fromHz, 1_000, fromHz);
  const blocks = Array.from({ length: Math.floor(fromHz / 128) }, (_, i) => tone.slice(128 * i, 128 * (i + 1)));
  const output = new Float32Array(resampler.maxOutputSamples(128));
  bench(`${fromHz} to ${toHz} Hz`, () => {
    for (const block of blocks) resampler.process(block, output);
  });
}
