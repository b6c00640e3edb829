import * as v from 'valibot';
import { LIMITS } from './limits.ts';

/** Ids are made by the client: printable, short, and safe in a log line. */
export const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
export const attempt = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMITS.maxAttempts));
export const handle = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff));
export const text = v.pipe(v.string(), v.maxLength(LIMITS.maxTextChars));
export const milliseconds = v.pipe(v.number(), v.minValue(0));
/** BCP 47: a language, where it matters with script and region (`de`, `zh-Hant`, `pt-BR`). */
export const language = v.pipe(v.string(), v.regex(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/));

/** How the conversation is to be held. Everything is optional: the relay has a default for each. */
export const Settings = v.object({
  systemPrompt: v.optional(v.pipe(v.string(), v.maxLength(LIMITS.maxPromptChars))),
  voice: v.optional(v.pipe(v.string(), v.regex(/^[\p{L}\p{N} ._-]{1,64}$/u))),
  temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
  maxTokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8192))),
  /** Of every answer; `mirror`: that of the words being answered. Absent: as the instructions have it. */
  answerLanguage: v.optional(v.union([v.literal('mirror'), language])),
  /** Interprets instead of answering: what is said in one of the two is spoken in the other. */
  translation: v.optional(v.object({ languages: v.tuple([language, language]) })),
});
export type Settings = v.InferOutput<typeof Settings>;

/** One earlier turn as the browser remembers it: what was said if known, and what was *heard* of the answer. */
export const HistoryTurn = v.object({
  utterance: id,
  user: v.optional(text),
  assistant: v.optional(text),
  interrupted: v.optional(v.boolean()),
});
export type HistoryTurn = v.InferOutput<typeof HistoryTurn>;
