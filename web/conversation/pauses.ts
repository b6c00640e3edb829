/**
 * How long this speaker's pauses in mid-turn are, learned as they happen: mean and mean deviation, each moving an eighth
 * and a quarter of the way with every pause (the estimator of TCP's retransmission timer, Jacobson 1988: cheap, and quick
 * to follow a speaker who begins to think aloud).
 */
export interface Pauses {
  meanMs: number;
  deviationMs: number;
}

/**
 * Before anything is known of a speaker: pauses in mid-turn of the labelled recordings and of public corpora centre on
 * 350 ms, and nine in ten are over after 700.
 */
export const TYPICAL_PAUSES: Pauses = { meanMs: 350, deviationMs: 88 };

/** Longer is not a pause in a turn but a turn of its own. */
const MAX_PAUSE_MS = 1_500;

export function learn(pauses: Pauses, pauseMs: number): Pauses {
  if (pauseMs <= 0 || pauseMs > MAX_PAUSE_MS) return pauses;
  const error = pauseMs - pauses.meanMs;
  return {
    meanMs: pauses.meanMs + error / 8,
    deviationMs: pauses.deviationMs + (Math.abs(error) - pauses.deviationMs) / 4,
  };
}

/** Silence after which this speaker is hardly ever still in the same turn. */
export const beyondPauseMs = ({ meanMs, deviationMs }: Pauses): number => meanMs + 4 * deviationMs;
