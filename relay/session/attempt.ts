import type { Clock } from '#kernel/clock';
import { messageOf } from '#kernel/result';
import type { RelayTimings, Usage } from '#protocol';
import { toUpstreamProblem } from '../upstream/problem.ts';
import type { ReplyEvent, Upstream, UpstreamProblem, UpstreamTurn } from '../upstream/upstream.ts';
import type { Budgets } from './budgets.ts';
import { Delivery } from './delivery.ts';
import type { TurnLanguages } from './language/conversation-languages.ts';
import { ReplyLog } from './reply-log.ts';

export type Outcome = { kind: 'done' } | { kind: 'failed'; problem: UpstreamProblem };

export interface AttemptOptions {
  utterance: string;
  attempt: number;
  upstream: Upstream;
  clock: Clock;
  budgets: Budgets;
  acceptedAtMs: number;
  languages: TurnLanguages;
  /** The upstream is full or slow to begin. Not called any more once the answer has begun. */
  onQueued(position: number, etaMs: number): void;
  /** Called once, unless the attempt is aborted first. */
  onEnd(outcome: Outcome): void;
}

/** One run of the upstream for one utterance: pulls its events into the log and lets the delivery send them. */
export class Attempt {
  readonly log: ReplyLog;
  readonly delivery: Delivery;
  readonly #options: AttemptOptions;
  readonly #abort = new AbortController();
  readonly #timings: RelayTimings = {};
  #usage: Usage | undefined;
  #resume: (() => void) | undefined;

  constructor(options: AttemptOptions) {
    const { budgets, utterance, attempt } = options;
    this.#options = options;
    this.log = new ReplyLog(budgets.replyFrameMs);
    this.delivery = new Delivery({ utterance, attempt, log: this.log, creditMs: budgets.creditMs });
  }

  /** Whether anything of an answer has come: from then on another attempt must not be taken for this one. */
  get hasBegun(): boolean {
    return this.log.count > 0;
  }

  /** Starts the upstream; everything after this is told through `onEnd`. */
  start(turn: UpstreamTurn): void {
    this.#timings.upstreamSentMs = this.#elapsedMs();
    void this.#run(turn);
  }

  /** Stops the upstream at once; `onEnd` is not called. */
  abort(): void {
    this.#abort.abort();
    this.delivery.disconnect();
    this.#resume?.();
  }

  /** Play-out credit may also free the upstream to go on. */
  played(sample: number): void {
    this.delivery.played(sample);
    if (!this.#isFull()) this.#resume?.();
  }

  async #run(turn: UpstreamTurn): Promise<void> {
    const { signal } = this.#abort;
    const outcome = await this.#pull(turn, signal).catch(
      // Adapters tell failures as events; one that throws has a bug, and its caller must not wait for ever.
      (thrown: unknown): Outcome => ({
        kind: 'failed',
        problem: { kind: 'upstream-faulty', retry: 'later', detail: messageOf(thrown) },
      }),
    );
    if (signal.aborted) return;
    if (outcome.kind === 'done') {
      this.#begin();
      this.#timings.finishedMs = this.#elapsedMs();
      const language = this.#options.languages.ofAnswer(this.log.text);
      this.log.end({
        timings: this.#timings,
        ...(language !== undefined && { language }),
        ...(this.#usage && { usage: this.#usage }),
      });
      this.delivery.pump();
    } else {
      this.delivery.disconnect();
    }
    this.#options.onEnd(outcome);
  }

  async #pull(turn: UpstreamTurn, signal: AbortSignal): Promise<Outcome> {
    let hasCalled = false;
    for await (const event of this.#options.upstream.respond(turn, signal)) {
      if (signal.aborted) break;
      if (event.kind === 'failed') return { kind: 'failed', problem: event.problem };
      if (event.kind === 'queued') {
        this.#options.onQueued(event.position, event.etaMs);
        continue;
      }
      // It was offered no tools: a call is not for the speaker's ears.
      if (event.kind === 'tool-call') {
        hasCalled = true;
        continue;
      }
      this.#take(event);
      this.delivery.pump();
      if (this.#isFull()) await this.#drained(signal);
    }
    if (!hasCalled || this.log.text !== '' || this.log.samples > 0) return { kind: 'done' };
    return { kind: 'failed', problem: toUpstreamProblem('upstream-faulty', 'nothing but a tool call') };
  }

  #take(event: Exclude<ReplyEvent, { kind: 'failed' | 'queued' | 'tool-call' }>): void {
    if (event.kind === 'started') return this.#begin(event);
    this.#begin();
    switch (event.kind) {
      case 'text':
        if (event.text === '') return;
        this.#timings.firstTextMs ??= this.#elapsedMs();
        this.log.pushPart({ kind: 'text', text: event.text });
        return;
      case 'transcript':
        this.log.pushPart(this.#options.languages.ofTranscript(event.text, event.language));
        return;
      case 'audio':
        if (event.pcm.length === 0) return;
        this.#noteFirstAudio();
        this.log.pushAudio(event.pcm);
        return;
      case 'usage':
        this.#usage = event.usage;
        return;
    }
  }

  /** `started` is always the first event of an answer, whether the upstream says who it is or not. */
  #begin(started?: Extract<ReplyEvent, { kind: 'started' }>): void {
    if (this.hasBegun) return;
    const own = this.#options.upstream;
    const { upstream = own.name, model = own.model, rateHz = own.outputRateHz, waitedMs = 0 } = started ?? {};
    this.#timings.upstreamSentMs = (this.#timings.upstreamSentMs ?? 0) + Math.round(waitedMs);
    this.log.pushPart({ kind: 'started', rateHz, upstream, model });
  }

  #noteFirstAudio(): void {
    if (this.#timings.firstAudioMs !== undefined) return;
    const firstAudioMs = this.#elapsedMs();
    this.#timings.firstAudioMs = firstAudioMs;
    this.log.pushPart({ kind: 'audio-started', afterMs: firstAudioMs - (this.#timings.upstreamSentMs ?? 0) });
  }

  #isFull(): boolean {
    return this.delivery.unsentBytes > this.#options.budgets.maxReplyBufferBytes;
  }

  #drained(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = () => {
        this.#resume = undefined;
        resolve();
      };
      if (signal.aborted) this.#resume();
    });
  }

  #elapsedMs(): number {
    return Math.round(this.#options.clock.nowMs() - this.#options.acceptedAtMs);
  }
}
