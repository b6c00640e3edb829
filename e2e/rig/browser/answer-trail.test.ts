import { describe, expect, it } from 'vitest';
import { EAR_RATE_HZ, followAnswer, gainsDb, lostBetween, steadyFromMs, type Stretch } from './answer-trail.ts';
import { locate } from './locate.ts';

const SECOND = EAR_RATE_HZ;

/** Something that never repeats itself: noise through a gentle low pass, about -20 dBFS. */
function answer(seconds: number): Float32Array {
  let state = 7;
  let last = 0;
  return Float32Array.from({ length: seconds * SECOND }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    last = 0.6 * last + 0.4 * (state / 2 ** 31 - 1);
    return 0.25 * last;
  });
}

/** A recording in which pieces of the answer are played: [when, from, to, gain], in seconds. */
function played(of: Float32Array, seconds: number, pieces: [number, number, number, number][]): Float32Array {
  const heard = new Float32Array(seconds * SECOND);
  for (const [at, from, to, gain] of pieces) {
    heard.set(
      of.slice(from * SECOND, to * SECOND).map((sample) => sample * gain),
      Math.round(at * SECOND),
    );
  }
  return heard;
}

/** What is missing of the answer at the one place where it fell silent. */
function lostInTheHole(trail: Stretch[]): number {
  const holes = trail.flatMap((stretch, i) => {
    const next = trail[i + 1];
    return next && next.heardFromMs > stretch.heardToMs ? [lostBetween(stretch, next)] : [];
  });
  expect(holes).toHaveLength(1);
  return holes[0]!;
}

describe('the trail of an answer', () => {
  const whole = answer(6);

  it('tells what was paused and came back at the same sample from what was muted', () => {
    const paused = followAnswer(
      played(whole, 8, [
        [1, 0, 2, 1],
        [3.5, 2, 5, 1],
      ]),
      whole,
    );
    expect(Math.abs(lostInTheHole(paused))).toBeLessThanOrEqual(10);

    const muted = followAnswer(
      played(whole, 8, [
        [1, 0, 2, 1],
        [3.5, 2.5, 5, 1],
      ]),
      whole,
    );
    expect(lostInTheHole(muted)).toBeCloseTo(500, -1.5);

    const repeated = followAnswer(
      played(whole, 8, [
        [1, 0, 2, 1],
        [3.5, 1.8, 5, 1],
      ]),
      whole,
    );
    expect(lostInTheHole(repeated)).toBeCloseTo(-200, -1.5);
  });

  it('leaves out sounds that are not the answer', () => {
    const heard = played(whole, 8, [
      [1, 0, 2, 1],
      [4, 2, 5, 1],
    ]);
    for (let i = 3.3 * SECOND; i < 3.5 * SECOND; i++) heard[i] = 0.2 * Math.sin(i / 5);
    const begun = followAnswer(heard, whole).map(({ heardFromMs }) => heardFromMs);
    expect(begun).toEqual([1000, 1500, 2000, 2500, 4000, 4500, 5000, 5500, 6000, 6500]);
  });

  it('shows when the answer was ducked and when it was back, to the window', () => {
    const heard = played(whole, 8, [
      [1, 0, 2, 1],
      [3, 2, 3, 0.25],
      [4, 3, 5, 1],
    ]);
    const trail = followAnswer(heard, whole);
    const gains = gainsDb(heard, whole, trail, { fromMs: 2000, toMs: 5500 });
    const duckedMs = steadyFromMs(gains, (db) => db < -6, 100);
    expect(duckedMs).toBeGreaterThanOrEqual(3000);
    expect(duckedMs).toBeLessThanOrEqual(3040);
    const backMs = steadyFromMs(
      gains.filter(({ atMs }) => atMs > 3500),
      (db) => db > -3,
      100,
    );
    expect(backMs).toBeGreaterThanOrEqual(4000);
    expect(backMs).toBeLessThanOrEqual(4040);
  });

  it('finds no answer in silence', () => {
    expect(followAnswer(new Float32Array(4 * SECOND), whole)).toEqual([]);
    expect(steadyFromMs([], () => true, 20)).toBeNaN();
  });
});

describe('locate', () => {
  it('is exact to the sample, at any level and in noise', () => {
    const hay = answer(4);
    const noise = answer(1).reverse();
    const needle = hay.slice(20_001, 22_001).map((sample, i) => 0.1 * sample + 0.03 * noise[i]!);
    const place = locate(needle, hay, 0, hay.length);
    expect(place.at).toBe(20_001);
    expect(place.likeness).toBeGreaterThan(0.9);
  });
});
