import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { Result } from '#kernel/result';
import type { Recogniser } from '../../upstream/speech.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Ears } from '../../vad/turn-detection.ts';
import type { LiveEvent } from './live-event.ts';
import type { LiveItem } from './live-item.ts';
import type { LiveProblem } from './live-problem.ts';
import type { LiveSettings, ResponseRequest } from './live-settings.ts';
import type { NewItem } from './new-item.ts';

/** Whoever a session speaks to: a dialect's connection. */
export interface LiveListener {
  tell(event: LiveEvent): void;
  /** Undefined while the network takes what is sent, else when to go on: answers are not read ahead of a slow client. */
  drained(): Promise<void> | undefined;
  /** The session is over, or somebody else has come back to it: nothing more is told. */
  ended(): void;
}

export interface LiveSessionOptions {
  upstream: Upstream;
  recogniser?: Recogniser;
  ears: Ears;
  clock: Clock;
  logger: Logger;
  settings: LiveSettings;
}

/**
 * One conversation whose turns and history are kept here, behind every dialect of the realtime kind. Problems are
 * returned, to be told in the dialect's own words; everything else comes as events.
 */
export interface LiveSession {
  readonly id: string;
  readonly settings: LiveSettings;
  readonly items: readonly LiveItem[];
  /** Whether a response is being given, in the conversation or beside it. */
  readonly isAnswering: boolean;
  /** Nothing is told while nobody listens. Whoever attaches takes over from who did before. */
  attach(listener: LiveListener): void;
  /** The connection is gone: an answer in progress ends with what was heard of it. */
  detach(listener: LiveListener): void;
  configure(settings: LiveSettings): void;
  /** PCM16LE mono at the input rate, whole samples. */
  append(pcm: Uint8Array): LiveProblem | undefined;
  commit(): LiveProblem | undefined;
  clear(): void;
  /** `after`: an item's id, `root` for the front, undefined for the end. */
  addItem(item: NewItem, after?: string): Result<LiveItem, LiveProblem>;
  deleteItem(id: string): LiveProblem | undefined;
  truncateItem(id: string, audioEndMs: number): LiveProblem | undefined;
  /** While an answer with tool calls is still being given, the next one waits for its end. */
  respond(request?: ResponseRequest): LiveProblem | undefined;
  /** Without an id the one in the conversation. */
  cancel(responseId?: string): LiveProblem | undefined;
  /** Stops what is being said, and what is done but not yet heard: history keeps what was heard. */
  hush(): void;
  /** Ends everything at once, the upstream included. */
  close(): void;
}
