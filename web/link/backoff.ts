/** Enough to let a relay that restarts at once come back, and to spread a herd over a quarter of a second. */
const FIRST_RETRY_MS = 250;
const BASE_MS = 500;
const CAP_MS = 15_000;
/** Between the starts of two connections: a network that flaps each second must not make us connect faster. */
export const MIN_SPACING_MS = 1_000;

/**
 * Wait before retry number `attempt` (1, 2, 3 …): the first almost at once, then full jitter over 0.5 s · 2^n, at
 * most 15 s. `random` is in [0, 1).
 */
export function retryDelayMs(attempt: number, random: () => number): number {
  if (attempt <= 1) return random() * FIRST_RETRY_MS;
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt - 2, 10));
}
