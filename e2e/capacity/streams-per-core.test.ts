import { describe, expect, it } from 'vitest';
import { streamsAt } from './streams-per-core.ts';

describe('the streams of a core', () => {
  it.each([
    [
      500,
      [
        [400, 0.6],
        [100, 0.2],
        [600, 0.8],
      ],
    ],
    [
      450,
      [
        [100, 0.15],
        [400, 0.65],
        [500, 0.75],
      ],
    ],
    [
      700,
      [
        [100, 0.1],
        [400, 0.4],
      ],
    ],
    [
      50,
      [
        [100, 0.8],
        [200, 0.9],
        [150, 0.85],
        [0, 0.6],
      ],
    ],
  ] as const)('are %i between or beyond the measured loads', (streams, points) => {
    expect(
      streamsAt(
        0.7,
        points.map(([at, cpu]) => ({ streams: at, cpu })),
      ),
    ).toBeCloseTo(streams, 6);
  });

  it('are unknown from one load, or from loads that cost the same', () => {
    expect(streamsAt(0.7, [])).toBeUndefined();
    expect(streamsAt(0.7, [{ streams: 100, cpu: 0.2 }])).toBeUndefined();
    expect(
      streamsAt(
        0.7,
        [100, 200].map((streams) => ({ streams, cpu: 0.2 })),
      ),
    ).toBeUndefined();
  });
});
