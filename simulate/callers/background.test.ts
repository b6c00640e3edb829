import { expect, it } from 'vitest';
import { rmsDbfs } from '#dsp/level';
import { toSamples } from '../sound/line.ts';
import { noiseAt, roomTone } from './background.ts';

it.each([0, 12, 25])('lies %d dB below the voice', (snrDb) => {
  const sound = new Float32Array(toSamples(12_000));
  noiseAt(snrDb, 3).addTo(sound);
  expect(rmsDbfs(sound)).toBeCloseTo(-26 - snrDb, 1);
});

it('goes on without a jump where the loop begins again', () => {
  const background = noiseAt(0, 3);
  const sound = new Float32Array(toSamples(12_100));
  background.addTo(sound);
  const step = (at: number): number => Math.abs((sound[at] ?? 0) - (sound[at - 1] ?? 0));
  const largest = sound.reduce((max, _, i) => (i > 0 && i < toSamples(11_900) ? Math.max(max, step(i)) : max), 0);
  expect(step(toSamples(12_000))).toBeLessThanOrEqual(largest);
});

it('is a quiet room at -66 dBFS', () => {
  const sound = new Float32Array(toSamples(1_000));
  roomTone(1).addTo(sound);
  expect(rmsDbfs(sound)).toBeCloseTo(-66, 0);
});
