import * as v from 'valibot';
import { attempt, count, handle, HistoryTurn, id, Settings, text } from './common.ts';
import { LIMITS } from './limits.ts';

/** An utterance the client has not stored an answer for, and how much of the answer it has. */
export const OpenUtterance = v.object({
  utterance: id,
  /** The last attempt heard of; 0 when none was accepted yet. */
  attempt: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LIMITS.maxAttempts)),
  /** Events of that attempt received without a gap: the relay goes on with n = received. */
  received: count,
});
export type OpenUtterance = v.InferOutput<typeof OpenUtterance>;

/** First message of a connection; nothing else is legal before the `welcome`. */
export const Hello = v.object({
  type: v.literal('hello'),
  version: count,
  ticket: v.optional(v.pipe(v.string(), v.maxLength(128))),
  conversation: id,
  /** Grows each time another tab takes the conversation over; the relay turns away a lower one. */
  fence: count,
  settings: Settings,
  /** Oldest first; the client leaves out the oldest turns where the message would exceed LIMITS.maxJsonBytes. */
  history: v.pipe(v.array(HistoryTurn), v.maxLength(LIMITS.maxHistoryTurns)),
  /** Everything not yet stored with its answer. An utterance left out is no longer wanted: its answer is stopped. */
  open: v.pipe(v.array(OpenUtterance), v.maxLength(LIMITS.maxOpenUtterances)),
});

/**
 * Names an utterance and binds a handle to it on this connection. `history` audio is context, never answered. Handles
 * die with their connection: after a resume the client begins every open utterance again, those being answered too,
 * and the relay goes on with the answer from there (its audio frames carry the handle).
 */
export const Begin = v.object({
  type: v.literal('begin'),
  utterance: id,
  handle,
  role: v.picklist(['turn', 'history']),
});

/**
 * The utterance is complete: answer it. Idempotent. `after` is the last attempt the client knows of. For `history`
 * audio it only says that all of it was sent: a `nak` may follow, `accepted` does not.
 */
export const Commit = v.object({
  type: v.literal('commit'),
  utterance: id,
  frames: count,
  bytes: count,
  /** Lower-case hex over all PCM bytes. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  after: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LIMITS.maxAttempts)),
  /** The end of the turn is still being confirmed; a `reopen` may follow. */
  speculative: v.optional(v.boolean()),
});

/** The speaker went on: drop the running attempt, keep the audio, more frames follow. */
export const Reopen = v.object({ type: v.literal('reopen'), utterance: id });

/** It was no utterance after all (a cough): forget it. */
export const Discard = v.object({ type: v.literal('discard'), utterance: id });

/** The answer is stored; the relay may forget its copy. */
export const Receipt = v.object({ type: v.literal('receipt'), utterance: id, attempt });

/** Play-out credit: every sample before `sample` has been heard. */
export const Played = v.object({ type: v.literal('played'), utterance: id, attempt, sample: count });

/**
 * Interrupted or no longer wanted; what is remembered of the answer ends at `heardSample`. `heard` is that in words, as
 * the client's history has it; without it the relay cuts the text itself, by what it has received.
 */
export const Cancel = v.object({
  type: v.literal('cancel'),
  utterance: id,
  attempt,
  heardSample: count,
  heard: v.optional(text),
});

/** New settings, from the next attempt on. */
export const Configure = v.object({ type: v.literal('configure'), settings: Settings });

/** `t` comes back unchanged in the `pong`. */
export const Ping = v.object({ type: v.literal('ping'), t: v.number() });

export const ClientMessage = v.variant('type', [
  Hello,
  Begin,
  Commit,
  Reopen,
  Discard,
  Receipt,
  Played,
  Cancel,
  Configure,
  Ping,
]);
export type ClientMessage = v.InferOutput<typeof ClientMessage>;
export type ClientMessageOf<T extends ClientMessage['type']> = Extract<ClientMessage, { type: T }>;
export type Hello = ClientMessageOf<'hello'>;
export type Commit = ClientMessageOf<'commit'>;
