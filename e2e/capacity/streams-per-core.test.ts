import { describe, expect, it } from 'vitest';
import { streamsAt } from './streams-per-core.ts';

const at = (...points: [number, number][]) =>
  streamsAt(
    0.7,
    points.map(([streams, cpu]) => ({ streams, cpu })),
  );

describe('the streams of a core', () => {
  it('are where the line through the measured loads meets the limit', () => {
    expect(at([100, 0.1], [400, 0.4])).toBeCloseTo(700, 6);
    expect(at([400, 0.6], [100, 0.15], [300, 0.45])).toBeCloseTo(466.7, 1);
    expect(at([100, 0.8], [200, 0.9])).toBeCloseTo(0, 6);
  });

  it('are not thrown far off by two close loads', () => {
    const streams = at([100, 0.23], [250, 0.49], [250, 0.46], [400, 0.67], [425, 0.67]);
    expect(streams).toBeGreaterThan(410);
    expect(streams).toBeLessThan(450);
  });

  it('are unknown from one load, or from loads that cost the same', () => {
    expect(at()).toBeUndefined();
    expect(at([100, 0.2])).toBeUndefined();
    expect(at([100, 0.2], [200, 0.2])).toBeUndefined();
  });
});
