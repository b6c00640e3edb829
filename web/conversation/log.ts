import type { TurnTimings } from './timings.ts';

/**
 * The event log of a conversation: the one source that the live screen, the stored history, replay, export and tests
 * read. Entries are facts and are never changed; what they add up to is `toTurns()`.
 */
export type LogFact =
  /** A call began; every utterance id of the call starts with `callId`. */
  | { type: 'call.started'; callId: string }
  | { type: 'call.ended' }
  /** How well the sound went: microphone frames that never arrived, and gaps in the answers. */
  | { type: 'call.measured'; lostFrames: number; underruns: number }
  | { type: 'utterance.started'; utterance: string }
  /** The speaker stopped, perhaps only for breath: the utterance so far was sent. */
  | { type: 'utterance.committed'; utterance: string; durationMs: number }
  | { type: 'utterance.reopened'; utterance: string }
  /** Nothing was said after all. */
  | { type: 'utterance.discarded'; utterance: string }
  /** The end of the turn is certain. What follows of the answer may be shown and played. */
  | { type: 'utterance.confirmed'; utterance: string; durationMs: number }
  /** Kept from an earlier call or page load and now sent again. */
  | { type: 'utterance.restored'; utterance: string; durationMs: number }
  /** `isDoubtful`: the words fit neither the conversation's languages nor their sound. */
  | { type: 'transcript'; utterance: string; text: string; language?: string; isDoubtful?: boolean }
  | { type: 'reply.started'; utterance: string; attempt: number; rateHz: number; upstream: string; model: string }
  | { type: 'reply.text'; utterance: string; attempt: number; text: string }
  /** All of it has arrived; `samples` is the length of its audio, `language` that of its words. */
  | { type: 'reply.finished'; utterance: string; attempt: number; samples: number; language?: string }
  /** All of it has been heard. */
  | { type: 'reply.heard'; utterance: string; attempt: number }
  /** Cut short by the user: what is remembered ends at `heardSample`. */
  | { type: 'reply.interrupted'; utterance: string; attempt: number; heardSample: number; totalSamples: number }
  | { type: 'reply.failed'; utterance: string; problem: string }
  | { type: 'turn.timed'; utterance: string; attempt: number; timings: TurnTimings };

export type LogEntry = LogFact & {
  conversation: string;
  /** 0, 1, 2 … within the conversation; the order of everything. Never sort by the clock. */
  seq: number;
  /** Wall clock in ms since 1970, for display only. */
  atMs: number;
};

/** The entries that belong to one utterance: all but the call's own. */
export type UtteranceEntry = Extract<LogEntry, { utterance: string }>;
