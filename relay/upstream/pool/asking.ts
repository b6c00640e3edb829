import type { Clock } from '#kernel/clock';
import type { ReplyEvent, UpstreamProblem, UpstreamTurn } from '../upstream.ts';
import { firstEvent } from './first-event.ts';
import type { Outcome, Server } from './server.ts';

/** How asking a server ended, where it did not end well. */
export interface Failure {
  problem: UpstreamProblem;
  /** Something of the answer has been passed on: it must not be asked for again unnoticed. */
  hasBegun: boolean;
}

/** One turn put to one server; what becomes of it is noted there. */
export class Asking {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #askedAtMs: number;
  #hasBegun = false;
  #outcome: Outcome = 'left';

  constructor(server: Server, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
    this.#askedAtMs = clock.nowMs();
  }

  /** Passes the answer on; `startedAtMs` is when the speaker began to wait. */
  async *run(
    turn: UpstreamTurn,
    signal: AbortSignal,
    startedAtMs: number,
  ): AsyncGenerator<ReplyEvent, Failure | undefined> {
    const left = new AbortController();
    const leave = () => left.abort();
    signal.addEventListener('abort', leave, { once: true });
    try {
      const events = this.#server.options.upstream.respond(turn, left.signal)[Symbol.asyncIterator]();
      const problem = yield* this.#pass(events, signal, startedAtMs);
      this.#outcome = signal.aborted ? 'left' : (problem ?? 'answered');
      return problem && !signal.aborted ? { problem, hasBegun: this.#hasBegun } : undefined;
    } catch (thrown) {
      this.#outcome = { kind: 'upstream-faulty', retry: 'later' };
      throw thrown;
    } finally {
      signal.removeEventListener('abort', leave);
      // However we got here: without this a reader who leaves before the first event would not be noticed upstream.
      leave();
      this.#server.ended(this.#outcome);
    }
  }

  async *#pass(
    events: AsyncIterator<ReplyEvent>,
    signal: AbortSignal,
    startedAtMs: number,
  ): AsyncGenerator<ReplyEvent, UpstreamProblem | undefined> {
    let next = yield* firstEvent(events, this.#clock, this.#server.firstEventMs ?? 0);
    for (; !next.done; next = await events.next()) {
      const event = next.value;
      if (event.kind === 'failed') return event.problem;
      if (!this.#hasBegun && event.kind !== 'queued') yield this.#begin(event, startedAtMs);
      if (signal.aborted) return undefined;
      if (event.kind !== 'started') yield event;
    }
    return undefined;
  }

  /** A server that is a pool itself says who answers; its own wait comes on top of ours. */
  #begin(event: ReplyEvent, startedAtMs: number): ReplyEvent {
    const { name, upstream } = this.#server.options;
    const waitedMs = this.#askedAtMs - startedAtMs;
    this.#hasBegun = true;
    this.#server.began(this.#clock.nowMs() - this.#askedAtMs);
    if (event.kind === 'started') return { ...event, waitedMs: event.waitedMs + waitedMs };
    return { kind: 'started', upstream: name, model: upstream.model, rateHz: upstream.outputRateHz, waitedMs };
  }
}
