import { describe, expect, it } from 'vitest';
import { resample } from '#dsp/resampler';
import { ROOM_RATE_HZ } from '../../fixtures/room.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';
import { activeLevelDb, convolve, createEchoPath, NEAR_END_LEVEL_DBFS, syntheticResponse } from './echo-path.ts';

/** Two syllables of a buzz. */
const buzz = Float32Array.from({ length: 0.4 * EAR_RATE_HZ }, (_, i) =>
  i % 4000 < 2600 ? 0.1 * Math.sin((2 * Math.PI * 300 * i) / EAR_RATE_HZ) : 0,
);

describe('the echo path', () => {
  it('brings an answer back at the level and after the time asked for', () => {
    const path = createEchoPath(buzz, { levelDb: -10, delayMs: 30 });
    const firstSample = path.findIndex((sample) => sample !== 0);
    expect((firstSample * 1000) / ROOM_RATE_HZ).toBeCloseTo(30, 0);
    const echo = convolve(
      resample(buzz, EAR_RATE_HZ, ROOM_RATE_HZ).subarray(0, 9_000),
      path.subarray(firstSample, firstSample + 5_000),
    );
    expect(activeLevelDb(echo, ROOM_RATE_HZ)).toBeGreaterThan(NEAR_END_LEVEL_DBFS - 13);
    expect(activeLevelDb(echo, ROOM_RATE_HZ)).toBeLessThan(NEAR_END_LEVEL_DBFS - 7);
  });

  it('has a room of its own where none was recorded: a direct path, then less and less', () => {
    const response = syntheticResponse();
    expect(response[0]).toBe(1);
    const energy = (from: number, to: number) =>
      response.slice(from, to).reduce((sum, sample) => sum + sample * sample, 0);
    expect(energy(48, 4_000)).toBeGreaterThan(100 * energy(8_000, 12_000));
  });
});
