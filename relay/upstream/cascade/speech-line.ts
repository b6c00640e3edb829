import { PcmResampler } from '../pcm/pcm-resampler.ts';
import type { SpeechEvent, SpeechRequest, Synthesiser } from '../speech.ts';
import type { ReplyEvent, UpstreamProblem } from '../upstream.ts';
import type { Outbox } from './outbox.ts';
import { isSpeakable, toSpokenForm } from './spoken-form.ts';

export interface SpeechLineOptions {
  synthesiser: Synthesiser;
  /** How it is to be spoken. */
  manner: Omit<SpeechRequest, 'text'>;
  rateHz: number;
  /** Sentences that may be made beyond the one being listened to. */
  lookAhead: number;
  outbox: Outbox;
  /** Takes a failure, after which nothing more is to be spoken. */
  onFailure: (problem: UpstreamProblem) => void;
}

/**
 * Speaks pieces of text in their order, one request after the other: a second one at the same time would only slow
 * down the audio that is needed first. It works ahead of the listener, but not far: answers are interrupted.
 */
export class SpeechLine {
  readonly #options: SpeechLineOptions;
  readonly #signal: AbortSignal;
  readonly #waiting: string[] = [];
  #running: Promise<void> | undefined;

  constructor(options: SpeechLineOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** `text` is as it is shown. */
  say(text: string): void {
    const spoken = toSpokenForm(text);
    if (!isSpeakable(spoken)) return;
    this.#waiting.push(spoken);
    this.#running ??= this.#run();
  }

  /** When everything has been spoken into the outbox, or will not be. */
  async finished(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    const { outbox, lookAhead, onFailure } = this.#options;
    try {
      for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
        await outbox.beginSentence(lookAhead + 1);
        const problem = this.#signal.aborted ? undefined : await this.#speak(text);
        if (problem) return onFailure(problem);
        if (this.#signal.aborted) return;
        outbox.endSentence();
      }
    } catch (error) {
      outbox.throw(error);
    } finally {
      this.#running = undefined;
    }
  }

  async #speak(text: string): Promise<UpstreamProblem | undefined> {
    const { synthesiser, manner, rateHz, outbox } = this.#options;
    let resampler: PcmResampler | undefined;
    for await (const event of synthesiser.speak({ ...manner, text }, this.#signal)) {
      if (event.kind === 'failed') return event.problem;
      if (event.rateHz !== rateHz) resampler ??= new PcmResampler(event.rateHz, rateHz);
      put(outbox, resampler ? resampler.push(toBuffer(event)) : event.pcm);
    }
    if (resampler && !this.#signal.aborted) put(outbox, resampler.finish());
    return undefined;
  }
}

function put(outbox: Outbox, pcm: Uint8Array): void {
  const event: ReplyEvent = { kind: 'audio', pcm };
  if (pcm.length > 0) outbox.put(event);
}

const toBuffer = ({ pcm }: Extract<SpeechEvent, { kind: 'audio' }>): Buffer =>
  Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
