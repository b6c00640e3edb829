import { beyondPauseMs, type Pauses } from './pauses.ts';

/** Bounds of the silence after which a turn is over for certain. */
export interface ConfirmBounds {
  /** Of what is learned from the speaker's own pauses. */
  minConfirmMs: number;
  maxConfirmMs: number;
  /** The same when the end-of-turn model is sure that it is over; the surer that it is not, the nearer to the other. */
  sureMs: number;
  unsureMs: number;
  /** The judgement from which on it is sure; 0.5 is the model's own threshold for the speaker's language. */
  sureAt: number;
}

/**
 * Silence after which the turn is over for certain. Without a judgement the speaker's own pauses decide; with one, a
 * model that is sure of the end shortens it, and the less it believes in an end, the longer the wait.
 */
export function toConfirmMs(bounds: ConfirmBounds, pauses: Pauses, judged: number | undefined): number {
  const learnedMs = clamp(beyondPauseMs(pauses), bounds.minConfirmMs, bounds.maxConfirmMs);
  if (judged === undefined) return learnedMs;
  if (judged >= bounds.sureAt) return bounds.sureMs;
  const doubt = 1 - judged / bounds.sureAt;
  return learnedMs + doubt * (Math.max(bounds.unsureMs, learnedMs) - learnedMs);
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
