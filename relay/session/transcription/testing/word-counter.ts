import type { Clock } from '#kernel/clock';
import type { Recogniser, TranscriptEvent, TranscriptionRequest } from '../../../upstream/speech.ts';
import type { UpstreamHealth } from '../../../upstream/upstream.ts';

export interface Asked {
  request: TranscriptionRequest;
  signal: AbortSignal;
  atMs: number;
}

/** Hears a word in every half second of sound: the first ones of a sentence, which it takes some time to write down. */
export class WordCounter implements Recogniser {
  readonly name = 'word-counter';
  readonly model = 'counter-1';
  readonly asked: Asked[] = [];
  running = 0;
  mostAtOnce = 0;
  sentence = 'one two three four five six seven eight nine ten';
  takesMs = 200;
  /** Instead of the words. */
  fails: TranscriptEvent | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async *transcribe(request: TranscriptionRequest, signal: AbortSignal): AsyncGenerator<TranscriptEvent> {
    this.asked.push({ request, signal, atMs: this.#clock.nowMs() });
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.running);
    await new Promise<void>((resolve) => {
      this.#clock.after(this.takesMs, resolve);
      signal.addEventListener('abort', () => resolve());
    });
    this.running--;
    if (signal.aborted) return;
    yield this.fails ?? { kind: 'done', text: this.wordsOf(request) };
  }

  wordsOf({ audio }: TranscriptionRequest): string {
    const words = Math.floor(audio.length / 16_000);
    return this.sentence.split(' ').slice(0, words).join(' ');
  }

  check(): Promise<UpstreamHealth> {
    return Promise.resolve({ state: 'up' });
  }
}
