import type { Problem } from '#kernel/result';
import type { Settings, Usage } from '#protocol';

/** One thing that was said or done in a conversation. */
export type ContextItem =
  /** Sound (PCM16LE mono at LIMITS.inputRateHz), its words, or both where both are known. */
  | { kind: 'user'; audio?: Uint8Array; text?: string }
  /** What was heard of an answer. */
  | { kind: 'assistant'; text: string }
  /** A note to the model in between; the persona is in the settings. */
  | { kind: 'system'; text: string }
  | ToolCall
  | { kind: 'tool-result'; callId: string; output: string };

/** A tool the model wants called; `arguments` is JSON as the model wrote it, which may be faulty. */
export interface ToolCall {
  kind: 'tool-call';
  callId: string;
  name: string;
  arguments: string;
}

/** A function the model may call. `parameters` is a JSON Schema, passed on as it is. */
export interface Tool {
  name: string;
  description?: string;
  parameters?: Readonly<Record<string, unknown>>;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { name: string };

/** Everything an upstream needs for one answer. */
export interface UpstreamTurn {
  settings: Settings;
  /** Oldest first; the last one is what is to be answered: words, sound, or what a tool has told. Never empty. */
  items: readonly ContextItem[];
  tools?: readonly Tool[];
  toolChoice?: ToolChoice;
  /** Words alone: no speech is to be made. */
  isSilent?: boolean;
  /** The same for all turns of one conversation: an upstream whose server keeps a history itself may go on with it. */
  conversation?: string;
}

/** The stream of one answer. Errors are its last event, never thrown: the caller decides what follows. */
export type ReplyEvent =
  /**
   * Waiting for a free place, or (position 0) for the first word of a server that has been asked. Comes before anything
   * of the answer, from upstreams that keep a queue; told at once and again while it lasts.
   */
  | { kind: 'queued'; position: number; etaMs: number }
  /**
   * Who really answers and at which rate, from upstreams that choose among several: before anything of the answer, once.
   * `waitedMs` passed before that server was asked. Without it the upstream answers as what it calls itself.
   */
  | { kind: 'started'; upstream: string; model: string; rateHz: number; waitedMs: number }
  | { kind: 'text'; text: string }
  /** PCM16LE mono at the rate of `started`, else at `Upstream.outputRateHz`; whole samples. */
  | { kind: 'audio'; pcm: Uint8Array }
  /** What the user said, where the upstream tells, and in which language (BCP 47). */
  | { kind: 'transcript'; text: string; language?: string }
  /** Whole, as soon as it is; several may follow each other. Words before it may be spoken, its own markup never is. */
  | ToolCall
  | { kind: 'usage'; usage: Usage }
  | { kind: 'failed'; problem: UpstreamProblem };

export type UpstreamProblemKind =
  /** Nothing listens there, or the connection broke before an answer. */
  | 'upstream-unreachable'
  /** Accepted, but no first event within the budget. */
  | 'upstream-silent'
  /** Stopped in mid-answer for longer than the budget. */
  | 'upstream-stalled'
  /** Closed or broke in mid-answer. */
  | 'upstream-died'
  /** 429 or 503: full. */
  | 'upstream-busy'
  /** It refused the request as such (400 and friends): asking again will not help. */
  | 'upstream-rejected'
  /** 401 or 403: our credentials. */
  | 'upstream-unauthorised'
  /** Answered with something that is not its protocol, or with an error of its own. */
  | 'upstream-faulty';

export type UpstreamProblem = Problem<UpstreamProblemKind> & { retryAfterMs?: number };

export interface UpstreamHealth {
  state: 'up' | 'down' | 'unknown';
  /** Of the last successful check. */
  latencyMs?: number;
  detail?: string;
}

/** A server that answers spoken turns. Stateless as seen from here: everything about a conversation comes with the turn. */
export interface Upstream {
  /** Short and stable, for logs, metrics and the screen: `echo`, `omni-chat`. */
  readonly name: string;
  readonly model: string;
  readonly outputRateHz: number;
  readonly voices: readonly string[];
  /** Turns that stock deployments of its model work on at once, where that is known. */
  readonly maxConcurrent?: number | undefined;
  /**
   * Answers one turn. Aborting the signal (or leaving the loop) closes the upstream request at once; an aborted
   * stream just ends. Nothing is read ahead of the consumer beyond one network buffer, or
   * the few sentences that a cascade says it works ahead.
   */
  respond(turn: UpstreamTurn, signal: AbortSignal): AsyncIterable<ReplyEvent>;
  /** Asks the server whether it is there; never throws. */
  check(signal: AbortSignal): Promise<UpstreamHealth>;
}
