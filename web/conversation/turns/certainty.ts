import { beyondPauseMs } from '../pauses.ts';
import type { ConversationState } from '../state.ts';

/**
 * Silence after which the turn is over for certain. Without a judgement the speaker's own pauses decide; with one, a
 * model that is sure of the end shortens it, and the less it believes in an end, the longer the wait.
 */
export function toConfirmMs({ policy, pauses }: ConversationState, judged: number | undefined): number {
  const learnedMs = clamp(beyondPauseMs(pauses), policy.minConfirmMs, policy.maxConfirmMs);
  if (judged === undefined) return learnedMs;
  if (judged >= policy.sureAt) return policy.sureMs;
  const doubt = 1 - judged / policy.sureAt;
  return learnedMs + doubt * (Math.max(policy.unsureMs, learnedMs) - learnedMs);
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
