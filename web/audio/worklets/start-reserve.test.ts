import { describe, expect, it } from 'vitest';
import { StartReserve } from './start-reserve.ts';

describe('StartReserve', () => {
  it('grows with every underrun, up to its bound', () => {
    const reserve = new StartReserve(80, 400);
    const seen = [reserve.ms];
    for (let i = 0; i < 5; i++) {
      reserve.grow();
      seen.push(reserve.ms);
    }
    expect(seen).toEqual([80, 140, 210, 315, 400, 400]);
  });

  it('comes down slowly while nothing goes wrong, never below its start', () => {
    const reserve = new StartReserve(80, 400);
    reserve.grow();
    for (let playedMs = 0; playedMs < 10_000; playedMs += 2.5) reserve.ease(2.5);
    expect(reserve.ms).toBeGreaterThan(125);
    for (let playedMs = 0; playedMs < 600_000; playedMs += 2.5) reserve.ease(2.5);
    expect(reserve.ms).toBeCloseTo(80, 1);
    expect(reserve.ms).toBeGreaterThanOrEqual(80);
  });
});
