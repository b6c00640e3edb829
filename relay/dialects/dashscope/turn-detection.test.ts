import { describe, expect, it } from 'vitest';
import { DEFAULT_DETECTION, toTurnDetection } from './turn-detection.ts';

const probability = (threshold: number) => {
  const detection = toTurnDetection({ ...DEFAULT_DETECTION, threshold });
  return detection.type === 'server-vad' ? detection.threshold : NaN;
};

describe("DashScope's scale of thresholds", () => {
  it.each([
    [-1, 0.1],
    [0.2, 0.42],
    [0.5, 0.5],
    [1, 0.9],
  ])('has its %f at a probability of %f', (threshold, expected) => {
    expect(probability(threshold)).toBeCloseTo(expected, 10);
  });

  it('only rises', () => {
    const scale = Array.from({ length: 41 }, (_, i) => probability(-1 + i / 20));
    expect(scale.every((value, i) => i === 0 || value > scale[i - 1]!)).toBe(true);
  });
});
