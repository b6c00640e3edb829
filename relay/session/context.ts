import { LIMITS } from '#protocol';
import { LOST_SPEECH } from '../upstream/lost-speech.ts';
import type { ContextItem } from '../upstream/upstream.ts';

export { LOST_SPEECH };

export interface ContextBudget {
  /** Text and audio of all earlier turns together. */
  tokens: number;
  /** Of those, what may be spent on earlier audio. */
  audioTokens: number;
  /** Earlier turns whose audio is sent (and asked of the browser after a resume). */
  audioTurns: number;
  /** Qwen2.5-Omni and Qwen3-Omni encoders give one token per 80 ms. */
  audioTokensPerSecond: number;
}

/** Two minutes of speech and about six thousand words: a quarter of the smallest context window served by default. */
export const CONTEXT_BUDGET: ContextBudget = {
  tokens: 8_000,
  audioTokens: 1_500,
  audioTurns: 6,
  audioTokensPerSecond: 12.5,
};

/** One earlier turn of the conversation as the relay remembers it. */
export interface Remembered {
  utterance: string;
  audio?: Uint8Array;
  userText?: string;
  /** What was heard of the answer. */
  assistantText?: string;
  /** The whole answer, while it may still be cut short by a late interruption. */
  answer?: { attempt: number; text: string; samples: number };
}

/** The newest turns that fit the budget, oldest first. */
export function toContext(turns: readonly Remembered[], budget: ContextBudget = CONTEXT_BUDGET): ContextItem[] {
  const context: ContextItem[] = [];
  let tokens = budget.tokens;
  let audioTokens = budget.audioTokens;
  let audioTurns = budget.audioTurns;
  for (const turn of turns.toReversed()) {
    const spoken = turn.audio ? audioTokensOf(turn.audio, budget) : Infinity;
    const keepsAudio = turn.audio !== undefined && audioTurns > 0 && spoken <= audioTokens;
    audioTurns--;
    const userText = turn.userText || LOST_SPEECH;
    tokens -= (keepsAudio ? spoken : textTokensOf(userText)) + textTokensOf(turn.assistantText ?? '');
    if (tokens < 0) break;
    if (keepsAudio) audioTokens -= spoken;
    if (turn.assistantText) context.push({ kind: 'assistant', text: turn.assistantText });
    context.push({
      kind: 'user',
      ...(keepsAudio && turn.audio ? { audio: turn.audio } : {}),
      // Beside its audio too, where known: an upstream that answers in words has no other use for the turn.
      ...(keepsAudio && !turn.userText ? {} : { text: userText }),
    });
  }
  return context.reverse();
}

export function audioTokensOf(audio: Uint8Array, budget: ContextBudget): number {
  return Math.ceil((audio.length / 2 / LIMITS.inputRateHz) * budget.audioTokensPerSecond);
}

/** An upper guess without a tokenizer: a token per three characters, one each in scripts beyond Latin. */
export function textTokensOf(text: string): number {
  let thirds = 0;
  for (let i = 0; i < text.length; i++) thirds += text.charCodeAt(i) < 0x250 ? 1 : 3;
  return Math.ceil(thirds / 3);
}
