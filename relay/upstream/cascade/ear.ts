import { systemClock, type Clock } from '#kernel/clock';

/**
 * Knows how long somebody who listens to an answer from its first sample on still has something to hear. Between two
 * sentences a silent server is no harm while the last one is being played, and a stall from then on.
 */
export class Ear {
  readonly #rateHz: number;
  readonly #clock: Clock;
  #heardUntilMs: number | undefined;

  constructor(rateHz: number, clock: Clock = systemClock) {
    this.#rateHz = rateHz;
    this.#clock = clock;
  }

  /** Audio is handed over. */
  take(pcmBytes: number): void {
    const from = Math.max(this.#heardUntilMs ?? 0, this.#clock.nowMs());
    this.#heardUntilMs = from + (pcmBytes / 2 / this.#rateHz) * 1000;
  }

  /** Until there is silence; undefined before the first audio. */
  get leftMs(): number | undefined {
    return this.#heardUntilMs === undefined ? undefined : Math.max(0, this.#heardUntilMs - this.#clock.nowMs());
  }
}
