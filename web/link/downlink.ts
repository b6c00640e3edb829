import type { LinkEvent } from '../conversation/ports.ts';
import type { LinkCounters } from './link-counters.ts';
import type { LinkUtterance } from './link-utterance.ts';
import type { Taken } from './reply-cursor.ts';
import type { Problem } from '#kernel/result';
import type { AudioFrame, ReplyPart, ServerMessageOf } from '#protocol';

export interface DownlinkOptions {
  emit(event: LinkEvent): void;
  counters: LinkCounters;
  /** Events are missing: come back on a new connection, which says how far we got. */
  askAgain(): void;
  /** It has failed for good here: nothing more of this attempt is wanted, and the relay must not go on with it. */
  abandon(utterance: LinkUtterance): void;
}

/** Turns what arrives into events that are in order, complete, and of one attempt at a time. */
export class Downlink {
  readonly #options: DownlinkOptions;

  constructor(options: DownlinkOptions) {
    this.#options = options;
  }

  accepted(utterance: LinkUtterance, attempt: number): void {
    if (utterance.reply.accept(attempt)) this.#options.emit({ type: 'accepted', utterance: utterance.id, attempt });
  }

  part(utterance: LinkUtterance, attempt: number, n: number, part: ReplyPart): void {
    if (!this.#take(utterance, attempt, n)) return;
    this.#options.emit({ type: 'part', utterance: utterance.id, attempt, part });
  }

  audio(utterance: LinkUtterance, frame: AudioFrame): void {
    const { attempt, sequence, sample, pcm } = frame;
    if (!this.#take(utterance, attempt, sequence)) return;
    this.#options.emit({ type: 'audio', utterance: utterance.id, attempt, sample, pcm });
  }

  final(utterance: LinkUtterance, message: ServerMessageOf<'final'>): void {
    const { attempt, count, samples, timings, language } = message;
    this.accepted(utterance, attempt);
    if (!this.#count(utterance, utterance.reply.finish(attempt, count))) return;
    const told = language === undefined ? {} : { language };
    this.#options.emit({ type: 'final', utterance: utterance.id, attempt, samples, timings, ...told });
  }

  /** The relay gave the attempt up. `attempt` undefined: it did not come to one. */
  failed(utterance: LinkUtterance, attempt: number | undefined, problem: Problem): void {
    if (utterance.hasFailed || (attempt !== undefined && !utterance.reply.counts(attempt))) {
      this.#options.counters.staleEvents++;
      return;
    }
    if (attempt !== undefined) utterance.reply.accept(attempt);
    this.#fail(utterance, problem);
  }

  #take(utterance: LinkUtterance, attempt: number, n: number): boolean {
    // Its `accepted` may have been lost with an earlier connection.
    this.accepted(utterance, attempt);
    return this.#count(utterance, utterance.reply.take(attempt, n));
  }

  #count(utterance: LinkUtterance, taken: Taken): boolean {
    const { counters, askAgain, abandon } = this.#options;
    if (taken === 'next') return true;
    if (taken === 'stale') counters.staleEvents++;
    if (taken === 'duplicate') counters.duplicateEvents++;
    if (taken !== 'gap') return false;
    counters.gaps++;
    if (utterance.reply.askAgain()) askAgain();
    else {
      abandon(utterance);
      this.#fail(utterance, { kind: 'reply-incomplete', retry: 'now', detail: 'events missing after asking again' });
    }
    return false;
  }

  #fail(utterance: LinkUtterance, problem: Problem): void {
    const { attempt } = utterance.reply;
    utterance.hasFailed = true;
    utterance.claim = undefined;
    utterance.reply.void();
    this.#options.emit({ type: 'failed', utterance: utterance.id, attempt, problem });
  }
}
