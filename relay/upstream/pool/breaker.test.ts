import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { Breaker } from './breaker.ts';

let clock: VirtualClock;
let breaker: Breaker;
beforeEach(() => {
  clock = new VirtualClock();
  breaker = new Breaker(clock, () => 0.5);
});
const times = (count: number, what: () => void) => Array.from({ length: count }, what);

describe('a breaker', () => {
  it('opens at the fifth failure in a row, and not before', () => {
    times(4, () => breaker.failed());
    expect(breaker.state).toBe('closed');
    breaker.failed();
    expect(breaker.state).toBe('open');
  });

  it('starts counting anew after every success', () => {
    for (let i = 0; i < 4; i++) {
      times(4, () => breaker.failed());
      clock.advance(11_000);
      breaker.succeeded();
    }
    expect(breaker.state).toBe('closed');
  });

  it('opens when half of twenty within ten seconds fail', () => {
    times(9, () => (breaker.succeeded(), breaker.failed()));
    breaker.succeeded();
    expect(breaker.state).toBe('closed');
    breaker.failed();
    expect(breaker.state).toBe('open');
  });

  it('forgets what is older than ten seconds', () => {
    times(9, () => (breaker.succeeded(), breaker.failed()));
    clock.advance(10_001);
    times(2, () => (breaker.succeeded(), breaker.failed()));
    expect(breaker.state).toBe('closed');
  });

  it('is probed five seconds after it opened, lets turns through only then, and closes with the first success', () => {
    times(5, () => breaker.failed());
    expect(breaker.probeInMs).toBe(5_000);
    breaker.succeeded();
    expect(breaker.state).toBe('open');
    clock.advance(5_000);
    expect(breaker.probeInMs).toBe(0);
    breaker.probed(true);
    expect(breaker.state).toBe('half-open');
    breaker.succeeded();
    expect(breaker.state).toBe('closed');
  });

  it('stays open after a bad probe, and opens again when the turn it let through fails', () => {
    times(5, () => breaker.failed());
    clock.advance(5_000);
    breaker.probed(false);
    expect([breaker.state, breaker.probeInMs]).toEqual(['open', 5_000]);
    clock.advance(5_000);
    breaker.probed(true);
    breaker.failed();
    expect([breaker.state, breaker.probeInMs]).toEqual(['open', 5_000]);
  });

  it('spreads its probes by a fifth to either side', () => {
    for (const [random, expectedMs] of [
      [0, 4_000],
      [1, 6_000],
    ] as const) {
      const other = new Breaker(clock, () => random);
      times(5, () => other.failed());
      expect(other.probeInMs).toBe(expectedMs);
    }
  });
});
