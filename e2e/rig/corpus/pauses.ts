import { shuffled } from './random.ts';

/**
 * How long people pause inside a turn when they talk to an assistant: the share of pauses that last at least so long.
 * Source: README and English report of livekit/eot-bench (400 turns, 705 pauses of 0.2 to 5 s, read November 2026). Its
 * "VAD baseline" cuts off 55.6 % of the pauses after 300 ms, 21.7 % after 600, 10 % after 1000 and 5 % after 1600, which
 * is this very distribution. Between the points the logarithm of the duration is interpolated; the median is 318 ms.
 */
const LASTING: readonly [ms: number, share: number][] = [
  [200, 1],
  [300, 0.556],
  [600, 0.217],
  [1000, 0.1],
  [1600, 0.05],
  [5000, 0],
];

/** The duration that `share` (0 to 1) of all pauses reach. */
export function pauseLasting(share: number): number {
  for (let i = 1; i < LASTING.length; i++) {
    const [shortMs, many] = LASTING[i - 1] ?? [0, 1];
    const [longMs, few] = LASTING[i] ?? [0, 0];
    if (share >= few) {
      const part = (many - share) / (many - few);
      return shortMs * (longMs / shortMs) ** part;
    }
  }
  throw new RangeError(`no share: ${share}`);
}

/**
 * `count` durations in random order, one from each slice of the distribution: so few draws would otherwise miss its long
 * tail in one run and hit it in the next.
 */
export function drawPauses(count: number, random: () => number): number[] {
  const slices = Array.from({ length: count }, (_, i) => pauseLasting((i + random()) / count));
  return shuffled(slices, random);
}
