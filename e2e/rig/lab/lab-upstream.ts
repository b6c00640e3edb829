import type { Clock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import type { ConversationEvent } from '../../../web/conversation/events.ts';
import type { Line } from './line.ts';

const SAMPLES_PER_MS = LIMITS.outputRateHz / 1000;

/** Relay and upstream as the page sees them: each commit is answered once, all of it at once after the time it takes. */
export class LabUpstream {
  readonly #clock: Clock;
  readonly #line: Line;
  readonly #send: (event: ConversationEvent) => void;
  readonly #attempts = new Map<string, number>();
  readonly #cancels = new Map<string, () => void>();
  requests = 0;

  constructor(clock: Clock, line: Line, send: (event: ConversationEvent) => void) {
    this.#clock = clock;
    this.#line = line;
    this.#send = send;
  }

  ask(utterance: string, upstreamMs = this.#line.upstreamMs, answerMs = this.#line.answerMs): void {
    this.cancel(utterance);
    this.requests++;
    const attempt = (this.#attempts.get(utterance) ?? 0) + 1;
    this.#attempts.set(utterance, attempt);
    const roundTripMs = 2 * this.#line.networkMs;
    const stop = [
      this.#clock.after(roundTripMs, () => this.#send({ type: 'reply.accepted', utterance, attempt })),
      this.#clock.after(roundTripMs + upstreamMs, () => this.#answer(utterance, attempt, answerMs)),
    ];
    this.#cancels.set(utterance, () => stop.forEach((cancel) => cancel()));
  }

  cancel(utterance: string): void {
    this.#cancels.get(utterance)?.();
    this.#cancels.delete(utterance);
  }

  #answer(utterance: string, attempt: number, answerMs: number): void {
    const samples = Math.round(answerMs * SAMPLES_PER_MS);
    const part = { kind: 'started', rateHz: LIMITS.outputRateHz, upstream: 'lab', model: 'lab' } as const;
    this.#send({ type: 'reply.part', utterance, attempt, part });
    this.#send({ type: 'reply.audio', utterance, attempt, endSample: samples });
    this.#send({ type: 'reply.final', utterance, attempt, samples });
  }
}

export const toAnswerSamples = (ms: number): number => Math.round(ms * SAMPLES_PER_MS);
