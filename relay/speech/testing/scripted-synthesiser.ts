import type { SpeechEvent, SpeechRequest, Synthesiser } from '../../upstream/speech.ts';
import type { UpstreamHealth, UpstreamProblemKind } from '../../upstream/upstream.ts';

/** One request, answered by the test. */
export class ScriptedSpeech {
  readonly request: SpeechRequest;
  readonly signal: AbortSignal;
  /** Events that were taken, and whether nobody wants any more. */
  taken = 0;
  isLeft = false;
  readonly #events: SpeechEvent[] = [];
  #isEnded = false;
  #wake: () => void = () => {};

  constructor(request: SpeechRequest, signal: AbortSignal) {
    this.request = request;
    this.signal = signal;
    signal.addEventListener('abort', () => this.#wake());
  }

  /** `ms` of a constant that tells one sentence from another. */
  audio(ms: number, level = 1_000, rateHz = 24_000): this {
    const samples = new Int16Array(Math.round((rateHz * ms) / 1000)).fill(level);
    return this.push({ kind: 'audio', pcm: new Uint8Array(samples.buffer), rateHz });
  }

  fail(kind: UpstreamProblemKind, retryAfterMs?: number): this {
    return this.push({ kind: 'failed', problem: { kind, retry: 'later', ...(retryAfterMs && { retryAfterMs }) } });
  }

  push(event: SpeechEvent): this {
    this.#events.push(event);
    this.#wake();
    return this;
  }

  end(): this {
    this.#isEnded = true;
    this.#wake();
    return this;
  }

  async *stream(): AsyncGenerator<SpeechEvent> {
    try {
      while (!this.signal.aborted) {
        const event = this.#events.shift();
        if (event) {
          this.taken++;
          yield event;
        } else if (this.#isEnded) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.isLeft = true;
    }
  }
}

/** A speech server that keeps every request. By itself it says each at once, 10 ms a letter. */
export class ScriptedSynthesiser implements Synthesiser {
  readonly name = 'scripted-speech';
  readonly model = 'script-voice';
  readonly voices = ['Ada'];
  readonly asked: ScriptedSpeech[] = [];
  onRequest: (speech: ScriptedSpeech) => void = (speech) => speech.audio(speech.request.text.length * 10).end();

  speak(request: SpeechRequest, signal: AbortSignal): AsyncIterable<SpeechEvent> {
    const speech = new ScriptedSpeech(request, signal);
    this.asked.push(speech);
    this.onRequest(speech);
    return speech.stream();
  }

  get texts(): string[] {
    return this.asked.map(({ request }) => request.text.trim());
  }

  check(): Promise<UpstreamHealth> {
    return Promise.resolve({ state: 'up' });
  }
}
