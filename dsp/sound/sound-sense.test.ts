import { describe, expect, it } from 'vitest';
import { rmsDbfs } from '../level.ts';
import { sine } from '../testing/tones.ts';
import { SoundSense, type SoundReading } from './sound-sense.ts';
import { framesOf, mix, noise } from './testing/noise.ts';

function readingsOf(signal: Float32Array): SoundReading[] {
  const sense = new SoundSense();
  return [...framesOf(signal)].map(({ frame }) => sense.hear(frame, rmsDbfs(frame), 0));
}

describe('SoundSense', () => {
  it('knows when the sound began and when it was last loud', () => {
    const signal = noise(4, -66);
    mix(signal, sine(16_000, 300, 16_000, 0.1), 1_700);
    const readings = readingsOf(signal);
    const [during, after] = [readings[Math.floor(2_200 / 32)], readings[Math.floor(3_200 / 32)]];
    expect(Math.abs((during?.soundingSamples ?? NaN) / 16 - 500)).toBeLessThan(40);
    expect(during?.quietSamples).toBeLessThan(128);
    expect(Math.abs((after?.quietSamples ?? NaN) / 16 - 500)).toBeLessThan(40);
  });

  it('takes a voice for no noise of the room, though nothing but zeros came before it', () => {
    const signal = new Float32Array(3 * 16_000);
    mix(signal, sine(16_000, 300, 8_000, 0.1), 2_000);
    for (const { floorDb } of readingsOf(signal)) expect(floorDb).toBeLessThan(-90);
  });

  it('knows the noise of the room after a second of it', () => {
    expect(readingsOf(noise(3, -50)).at(-1)?.floorDb).toBeCloseTo(-50, -1);
  });
});
