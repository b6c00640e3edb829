import { expect, it } from 'vitest';
import { ContextClock } from './context-clock.ts';

/** Frames every 32 ms; each message takes its time. */
function observe(
  clock: ContextClock,
  fromMs: number,
  frames: number,
  offsetMs: number,
  delaysMs: readonly number[],
): number {
  let nowMs = fromMs;
  for (let i = 0; i < frames; i++) {
    nowMs = fromMs + i * 32;
    clock.observe((nowMs - offsetMs) / 1000, nowMs + (delaysMs[i % delaysMs.length] ?? 0));
  }
  return nowMs;
}

it('takes the quickest of the latest messages for the truth', () => {
  const clock = new ContextClock();
  expect(clock.toMs(1)).toBeUndefined();
  observe(clock, 5_000, 40, 700, [9, 3, 120, 14, 5]);
  expect(clock.toMs(1)).toBeCloseTo(1_703);
});

it('notices within two seconds that the context stood still', () => {
  const clock = new ContextClock();
  const untilMs = observe(clock, 5_000, 100, 700, [2, 8, 4]);
  observe(clock, untilMs + 250, 64, 950, [2, 8, 4]);
  expect(clock.toMs(1)).toBeCloseTo(1_952);
});

it('follows a slow drift of the sound device', () => {
  const clock = new ContextClock();
  // 100 ppm: after a minute the device is 6 ms behind.
  for (let frame = 0; frame * 32 <= 60_000; frame++) {
    const contextTime = frame * 0.032;
    clock.observe(contextTime, contextTime * 1000.1 + 500 + (frame % 7));
  }
  expect(Math.abs((clock.toMs(60) ?? 0) - (60 * 1000.1 + 500))).toBeLessThan(3);
});
