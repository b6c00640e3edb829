import { describe, expect, it } from 'vitest';
import type { TurnTimings } from '../conversation/timings.ts';
import { Stopwatch } from './stopwatch.ts';

function bench() {
  const timed: { utterance: string; attempt: number; timings: TurnTimings }[] = [];
  const stopwatch = new Stopwatch((utterance, attempt, timings) => timed.push({ utterance, attempt, timings }));
  return { stopwatch, timed };
}

const sum = ({ waitMs, networkMs, modelMs, holdMs, bufferMs }: TurnTimings): number =>
  waitMs + networkMs + modelMs + holdMs + bufferMs;

describe('Stopwatch', () => {
  it('tells where the time went when the answer came before the end of the turn was certain', () => {
    const { stopwatch, timed } = bench();
    stopwatch.committed('u', 1000, 1200);
    stopwatch.modelTook('u', 300);
    stopwatch.audioArrived('u', 1, 1520);
    stopwatch.confirmed('u', 1700);
    stopwatch.audible('u', 1750, 0);
    expect(timed).toEqual([
      {
        utterance: 'u',
        attempt: 1,
        timings: { waitMs: 200, networkMs: 20, modelMs: 300, holdMs: 180, bufferMs: 50, totalMs: 750 },
      },
    ]);
  });

  it('counts no hold when the model was slower than the wait', () => {
    const { stopwatch, timed } = bench();
    stopwatch.committed('u', 1000, 1200);
    stopwatch.confirmed('u', 1700);
    stopwatch.modelTook('u', 900);
    stopwatch.audioArrived('u', 1, 2110);
    stopwatch.audible('u', 2150, 0);
    expect(timed[0]?.timings).toEqual({
      waitMs: 200,
      networkMs: 10,
      modelMs: 900,
      holdMs: 0,
      bufferMs: 40,
      totalMs: 1150,
    });
  });

  it('times only the commit that was answered', () => {
    const { stopwatch, timed } = bench();
    stopwatch.committed('u', 1000, 1200);
    stopwatch.audioArrived('u', 1, 1300);
    stopwatch.committed('u', 3000, 3200);
    stopwatch.modelTook('u', 90);
    stopwatch.audioArrived('u', 2, 3300);
    stopwatch.confirmed('u', 3700);
    stopwatch.audible('u', 3720, 0);
    expect(timed).toHaveLength(1);
    expect(timed[0]?.attempt).toBe(2);
    expect(timed[0]?.timings.totalMs).toBe(720);
  });

  it('speaks once per turn, and its parts always add up', () => {
    const { stopwatch, timed } = bench();
    stopwatch.committed('u', 0, 200);
    stopwatch.modelTook('u', 5000);
    stopwatch.audioArrived('u', 1, 400);
    stopwatch.confirmed('u', 700);
    stopwatch.audible('u', 720, 0);
    stopwatch.audible('u', 900, 0);
    expect(timed).toHaveLength(1);
    expect(sum(timed[0]?.timings as TurnTimings)).toBe(timed[0]?.timings.totalMs);
  });
});
