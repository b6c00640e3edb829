import * as v from 'valibot';
import { attempt, count, id, language, milliseconds, text } from './common.ts';

const retry = v.picklist(['now', 'later', 'never', 'reload']);

/** What the relay still knows of an utterance. */
export const TurnReport = v.object({
  state: v.picklist(['assembling', 'running', 'done']),
  /** Audio frames the relay has without a gap; the client sends from here. */
  frames: count,
  /** Running or last attempt; 0 while assembling. */
  attempt: count,
});
export type TurnReport = v.InferOutput<typeof TurnReport>;

/** Answers `hello`. Utterances of `hello.open` that are missing from `turns` must be begun and sent again. */
export const Welcome = v.object({
  type: v.literal('welcome'),
  session: id,
  /** Changes whenever a relay lost its memory. */
  epoch: id,
  resumed: v.boolean(),
  turns: v.record(id, TurnReport),
  /** Utterances of `history` whose audio the relay would like as context (sent with role `history`). */
  need: v.array(id),
  /** How far ahead of `played` the relay will send. */
  creditMs: milliseconds,
});

/** Something was missing or did not match the hash: send again from frame `have`. */
export const Nak = v.object({ type: v.literal('nak'), utterance: id, have: count });

/** Complete and being answered; not a licence to delete the audio. */
export const Accepted = v.object({ type: v.literal('accepted'), utterance: id, attempt });

/** Waiting for a free place upstream. */
export const Queued = v.object({ type: v.literal('queued'), utterance: id, position: count, etaMs: milliseconds });

/** The parts of an answer, beside its audio frames. */
export const ReplyPart = v.variant('kind', [
  /** Always n = 0: who answers, and at which rate the audio comes. */
  v.object({ kind: v.literal('started'), rateHz: count, upstream: v.string(), model: v.string() }),
  v.object({ kind: v.literal('text'), text }),
  /** The first audio frame follows; it came `afterMs` after the upstream was asked. */
  v.object({ kind: v.literal('audio-started'), afterMs: milliseconds }),
  /**
   * What the user said, as the upstream understood it, and in which language. Doubtful: it fits neither the
   * conversation's languages nor its sound, as recognisers invent words where there were none.
   */
  v.object({
    kind: v.literal('transcript'),
    text,
    language: v.optional(language),
    isDoubtful: v.optional(v.boolean()),
  }),
]);
export type ReplyPart = v.InferOutput<typeof ReplyPart>;

/** One event of an answer. `n` counts every event of the attempt, audio frames included, from 0 without a gap. */
export const Reply = v.object({ type: v.literal('reply'), utterance: id, attempt, n: count, part: ReplyPart });

/** Milliseconds since the utterance was accepted, by the relay's monotonic clock; absent when it did not happen. */
export const RelayTimings = v.object({
  upstreamSentMs: v.optional(milliseconds),
  firstTextMs: v.optional(milliseconds),
  firstAudioMs: v.optional(milliseconds),
  finishedMs: v.optional(milliseconds),
});
export type RelayTimings = v.InferOutput<typeof RelayTimings>;

export const Usage = v.object({
  inputTokens: v.optional(count),
  outputTokens: v.optional(count),
});
export type Usage = v.InferOutput<typeof Usage>;

/** The answer is whole when `count` events have arrived; `samples` is the length of its audio. */
export const Final = v.object({
  type: v.literal('final'),
  utterance: id,
  attempt,
  count,
  samples: count,
  /** Of the answer's words, where it could be told. */
  language: v.optional(language),
  usage: v.optional(Usage),
  timings: RelayTimings,
});

/** The attempt was stopped; nothing more of it follows. */
export const Cancelled = v.object({ type: v.literal('cancelled'), utterance: id, attempt });

/** This relay will close soon; come back, to it or another, between turns. */
export const Goaway = v.object({ type: v.literal('goaway'), deadlineMs: milliseconds });

/** `code` is stable and looked up for words; `message` is for people reading logs. */
export const ServerError = v.object({
  type: v.literal('error'),
  code: v.string(),
  retry,
  message: v.string(),
  utterance: v.optional(id),
  attempt: v.optional(attempt),
  retryAfterMs: v.optional(milliseconds),
});

export const Pong = v.object({ type: v.literal('pong'), t: v.number() });

export const ServerMessage = v.variant('type', [
  Welcome,
  Nak,
  Accepted,
  Queued,
  Reply,
  Final,
  Cancelled,
  Goaway,
  ServerError,
  Pong,
]);
export type ServerMessage = v.InferOutput<typeof ServerMessage>;
export type ServerMessageOf<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;
