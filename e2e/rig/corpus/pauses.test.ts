import { describe, expect, it } from 'vitest';
import { drawPauses } from './pauses.ts';
import { createRandom } from './random.ts';

describe('drawn pauses', () => {
  const pauses = drawPauses(1_000, createRandom(1));
  const shareOver = (ms: number): number => pauses.filter((pause) => pause >= ms).length / pauses.length;

  it.each([
    [300, 0.556],
    [600, 0.217],
    [1_000, 0.1],
    [1_600, 0.05],
  ])('last %i ms or more as often as published', (ms, share) => {
    expect(shareOver(ms)).toBeCloseTo(share, 2);
  });

  it('last from a fifth of a second to five', () => {
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(200);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5_000);
  });

  it('are the same for the same seed, and not in order', () => {
    expect(drawPauses(1_000, createRandom(1))).toEqual(pauses);
    expect(pauses).not.toEqual([...pauses].sort((a, b) => a - b));
  });
});
