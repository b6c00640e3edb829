import type { ReplyEvent, UpstreamProblem } from '../upstream.ts';

/** In the audio lane: after the last audio of a sentence. */
type Mark = { kind: 'sentence-end' };

/**
 * What is ready of one answer, for one reader. Words go before audio: they are shown as they come, however far the
 * listener is behind. A tool call keeps its place behind the audio of what was said before it. A failure goes before both and is the last: what it leaves unheard will be said anew.
 */
export class Outbox {
  #words: ReplyEvent[] = [];
  #audio: (ReplyEvent | Mark)[] = [];
  #sentences = 0;
  #isEnded = false;
  #thrown: { error: unknown } | undefined;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  put(event: ReplyEvent): void {
    if (this.#isEnded) return;
    (event.kind === 'audio' || event.kind === 'tool-call' ? this.#audio : this.#words).push(event);
    this.#wakeReader?.();
  }

  /** Waits until fewer than `limit` sentences are unheard, and begins one. */
  async beginSentence(limit: number): Promise<void> {
    while (this.#sentences >= limit && !this.#isEnded) {
      await new Promise<void>((wake) => (this.#wakeWriter = wake));
    }
    this.#sentences++;
  }

  endSentence(): void {
    this.#audio.push({ kind: 'sentence-end' });
    this.#wakeReader?.();
  }

  fail(problem: UpstreamProblem): void {
    if (this.#isEnded) return;
    this.#audio = [];
    this.#words.push({ kind: 'failed', problem });
    this.end();
  }

  /** Nothing more will come; what is here is still to be read. */
  end(): void {
    this.#isEnded = true;
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }

  /** Gives a bug to the reader, who has somebody to tell. */
  throw(error: unknown): void {
    this.#thrown ??= { error };
    this.end();
  }

  /** The next event; nothing at the end. */
  async next(): Promise<ReplyEvent | undefined> {
    for (;;) {
      const event = this.#words.shift() ?? this.#nextAudio();
      if (event) return event;
      if (this.#thrown) throw this.#thrown.error;
      if (this.#isEnded) return undefined;
      await new Promise<void>((wake) => (this.#wakeReader = wake));
    }
  }

  #nextAudio(): ReplyEvent | undefined {
    for (;;) {
      const item = this.#audio.shift();
      if (item?.kind !== 'sentence-end') return item;
      this.#sentences--;
      this.#wakeWriter?.();
    }
  }
}
