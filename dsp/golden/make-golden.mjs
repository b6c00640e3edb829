/**
 * Makes the golden files of `resampler.test.ts`: `node dsp/golden/make-golden.mjs`. Shares nothing with the resampler:
 * every output is the whole O(N * M) sum of the sampling theorem in double precision, with the sinc neither cut short
 * nor windowed. The signal starts and ends at zero and has nothing above the resampler's pass band, so that the sum is
 * the true answer. Format: 32-bit floats, little-endian, mono, 50 ms.
 */
import { writeFileSync } from 'node:fs';

const SECONDS = 0.05;

function signalAt(t) {
  const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / SECONDS);
  const sweep = Math.sin(2 * Math.PI * (300 * t + (5_200 / (2 * SECONDS)) * t * t));
  return (
    window *
    window *
    (0.4 * sweep + 0.2 * Math.sin(2 * Math.PI * 6_400 * t + 1) + 0.2 * Math.sin(2 * Math.PI * 437 * t))
  );
}

function sincSum(input, fromHz, t, cutoffHz) {
  let sum = 0;
  for (let k = 0; k < input.length; k++) {
    const x = 2 * Math.PI * cutoffHz * (t - k / fromHz);
    sum += input[k] * (x === 0 ? 1 : Math.sin(x) / x);
  }
  return (sum * 2 * cutoffHz) / fromHz;
}

function write(name, samples) {
  const bytes = Buffer.alloc(samples.length * 4);
  samples.forEach((x, i) => bytes.writeFloatLE(x, 4 * i));
  writeFileSync(new URL(name, import.meta.url), bytes);
}

for (const [fromHz, toHz] of [
  [44_100, 16_000],
  [24_000, 48_000],
]) {
  const input = Array.from({ length: SECONDS * fromHz }, (_, i) => Math.fround(signalAt(i / fromHz)));
  const cutoffHz = Math.min(fromHz, toHz) / 2;
  const output = Array.from({ length: Math.ceil((input.length * toHz) / fromHz) }, (_, n) =>
    sincSum(input, fromHz, n / toHz, cutoffHz),
  );
  write(`${fromHz}-to-${toHz}.input.f32`, input);
  write(`${fromHz}-to-${toHz}.output.f32`, output);
}
