import { describe, expect, it } from 'vitest';
import { FLOOR_DB, fromDb, peakDbfs, rmsDbfs, toDbfs } from './level.ts';
import { sine } from './testing/tones.ts';

describe('rmsDbfs and peakDbfs', () => {
  it('measure a full-scale sine at -3.01 and 0 dBFS', () => {
    const tone = sine(48_000, 1_000, 48_000, 1);
    expect(rmsDbfs(tone)).toBeCloseTo(-3.0103, 3);
    expect(peakDbfs(tone)).toBeCloseTo(0, 3);
  });

  it('read silence, and nothing at all, as the floor', () => {
    for (const samples of [0, 10]) {
      expect(rmsDbfs(new Float32Array(samples))).toBe(FLOOR_DB);
      expect(peakDbfs(new Float32Array(samples))).toBe(FLOOR_DB);
    }
  });

  it('look only at the samples asked for', () => {
    expect(rmsDbfs(Float32Array.of(0.1, 1), 1)).toBeCloseTo(-20, 5);
    expect(peakDbfs(Float32Array.of(-0.1, 1), 1)).toBeCloseTo(-20, 5);
  });

  it('agree with fromDb', () => {
    for (const db of [-100, -12, 0, 6]) expect(toDbfs(fromDb(db))).toBeCloseTo(db, 9);
  });
});
