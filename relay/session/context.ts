import { LIMITS } from '#protocol';
import type { ContextTurn } from '../upstream/upstream.ts';

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

/** Stands in for a turn of which neither sound nor words are left; neutral, so that the model does not answer it. */
const LOST_SPEECH = '(spoken message)';

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
export function toContext(turns: readonly Remembered[], budget: ContextBudget = CONTEXT_BUDGET): ContextTurn[] {
  const context: ContextTurn[] = [];
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
    context.push({
      ...(keepsAudio && turn.audio ? { userAudio: turn.audio } : {}),
      // Beside its audio too, where known: an upstream that answers in words has no other use for the turn.
      ...(keepsAudio && !turn.userText ? {} : { userText }),
      ...(turn.assistantText ? { assistantText: turn.assistantText } : {}),
    });
  }
  return context.reverse();
}

function audioTokensOf(audio: Uint8Array, budget: ContextBudget): number {
  return Math.ceil((audio.length / 2 / LIMITS.inputRateHz) * budget.audioTokensPerSecond);
}

/** An upper guess without a tokenizer: a token per three characters, one each in scripts beyond Latin. */
function textTokensOf(text: string): number {
  let thirds = 0;
  for (let i = 0; i < text.length; i++) thirds += text.charCodeAt(i) < 0x250 ? 1 : 3;
  return Math.ceil(thirds / 3);
}
