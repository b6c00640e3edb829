import type { Clock } from '#kernel/clock';
import { Agreement, type Understanding } from './agreement.ts';
import type { Heard } from './hear.ts';

/** Between the beginnings of two requests: more often than twice a second nobody reads along. */
const INTERIM_GAP_MS = 600;
/** A recogniser is left alone for as long as its last answer took: interims cost it at most half of its time. */
const REST_FACTOR = 2;
/** Less new sound than this holds no new word. */
const MIN_NEW_MS = 300;
/** In a row; then the rest of the utterance goes without interims. */
const MAX_FAILED_INTERIMS = 2;
const NOTHING = '\n';

export interface UtteranceOptions {
  itemId: string;
  clock: Clock;
  rateHz: number;
  /** First sample that belongs to it, by the count of the input. */
  startSample: number;
  /** Has the sound from the beginning to a sample written down. */
  hear(endSample: number, signal: AbortSignal, onPartial: (text: string) => void): Promise<Heard>;
  onInterim(understanding: Understanding): void;
}

interface Hearing {
  endSample: number;
  abort: AbortController;
  heard: Promise<Heard>;
}

/** One utterance while it grows: written down again and again, one request at a time, until its end is known. */
export class Utterance {
  readonly itemId: string;
  readonly startSample: number;
  readonly #options: UtteranceOptions;
  readonly #agreement = new Agreement();
  #hearing: Hearing | undefined;
  /** What a pause was heard to say, kept in case it was the end. */
  #atPause: Hearing | undefined;
  #heardToSample: number;
  #nextAtMs = 0;
  #failures = 0;
  #hasEnded = false;
  #shown = NOTHING;

  constructor(options: UtteranceOptions) {
    this.#options = options;
    this.itemId = options.itemId;
    this.startSample = options.startSample;
    this.#heardToSample = options.startSample;
  }

  /** It has grown to here: time for an interim, perhaps. */
  grow(endSample: number): void {
    const newMs = ((endSample - this.#heardToSample) * 1000) / this.#options.rateHz;
    if (this.#hearing || newMs < MIN_NEW_MS || this.#failures >= MAX_FAILED_INTERIMS) return;
    if (this.#options.clock.nowMs() < this.#nextAtMs) return;
    void this.#hear(endSample);
  }

  /** A silence that may be its end: what is heard now is final if nothing more is said. */
  pause(endSample: number): void {
    this.#hearing?.abort.abort();
    this.#atPause = this.#hear(endSample);
  }

  /**
   * Its end. Resolves with all of it; what was heard at a pause that turns out to be the end is not asked for again.
   * Nothing is told any more but what a request adds while it is being answered.
   */
  end(endSample: number): Promise<Heard> {
    this.#hasEnded = true;
    if (this.#atPause?.endSample === endSample) return this.#atPause.heard;
    this.#hearing?.abort.abort();
    return this.#hear(endSample).heard;
  }

  /** Nobody wants it any more. */
  abort(): void {
    this.#hearing?.abort.abort();
  }

  #hear(endSample: number): Hearing {
    const { clock } = this.#options;
    const abort = new AbortController();
    const startedAtMs = clock.nowMs();
    const preview = (text: string): void => {
      if (!abort.signal.aborted) this.#show(this.#agreement.preview(text));
    };
    const heard = this.#options.hear(endSample, abort.signal, preview).then((outcome) => {
      if (this.#hearing?.abort === abort) this.#hearing = undefined;
      if (this.#atPause?.abort === abort && outcome.kind === 'failed') this.#atPause = undefined;
      this.#nextAtMs = startedAtMs + Math.max(INTERIM_GAP_MS, REST_FACTOR * (clock.nowMs() - startedAtMs));
      this.#failures = outcome.kind === 'failed' ? this.#failures + 1 : 0;
      const isInterim = outcome.kind === 'heard' && !abort.signal.aborted && !this.#hasEnded;
      if (isInterim) this.#show(this.#agreement.offer(outcome.text));
      return outcome;
    });
    this.#hearing = { endSample, abort, heard };
    this.#heardToSample = endSample;
    return this.#hearing;
  }

  #show(understanding: Understanding | undefined): void {
    if (!understanding) return;
    const { stable, tentative } = understanding;
    const shown = `${stable}\n${tentative}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#options.onInterim(understanding);
  }
}
