import type { Clock } from '#kernel/clock';
import { toUpstreamProblem } from '../upstream/problem.ts';
import type { SpeechRequest } from '../upstream/speech.ts';
import type { UpstreamProblem } from '../upstream/upstream.ts';
import { Gate } from './gate.ts';
import { NARRATION_RATE_HZ, type Narrator } from './narrator.ts';
import { Pacer } from './pacer.ts';

/** Ahead of the ear: enough for a bad network, little enough that a pause means something to the server. */
export const READ_LEAD_MS = 5_000;
/** Of one binary message, 200 ms: the grain of pausing. */
const MESSAGE_BYTES = (NARRATION_RATE_HZ / 5) * 2;
const BYTES_PER_MS = (NARRATION_RATE_HZ * 2) / 1000;

export interface Listener {
  audio(pcm: Uint8Array): void;
  ended(durationMs: number): void;
  failed(problem: UpstreamProblem): void;
}

/** One text being read to one listener. */
export class Reading {
  readonly #gate = new Gate();
  readonly #abort = new AbortController();
  readonly #pacer: Pacer;

  constructor(narrator: Narrator, request: SpeechRequest, clock: Clock, listener: Listener) {
    this.#pacer = new Pacer(clock, READ_LEAD_MS);
    this.#run(narrator, request, listener).catch(() => {
      listener.failed(toUpstreamProblem('upstream-faulty', 'the client of the speech server failed'));
    });
  }

  /** Nothing is sent, and nothing read from the server, until `release`. */
  hold(): void {
    this.#gate.close();
    this.#pacer.hold();
  }

  release(): void {
    this.#pacer.release();
    this.#gate.open();
  }

  /** For good; the listener hears nothing more. */
  stop(): void {
    this.#abort.abort();
    this.#gate.open();
  }

  async #run(narrator: Narrator, request: SpeechRequest, listener: Listener): Promise<void> {
    const { signal } = this.#abort;
    for await (const event of narrator.narrate(request, signal, this.#gate)) {
      if (event.kind === 'failed') {
        if (!signal.aborted) listener.failed(event.problem);
        return;
      }
      for (let at = 0; at < event.pcm.length; at += MESSAGE_BYTES) {
        await this.#pacer.pass(this.#gate, signal);
        if (signal.aborted) return;
        const pcm = event.pcm.subarray(at, at + MESSAGE_BYTES);
        listener.audio(pcm);
        this.#pacer.sent(pcm.length / BYTES_PER_MS);
      }
    }
    await this.#gate.pass();
    if (!signal.aborted) listener.ended(Math.round(this.#pacer.sentMs));
  }
}
