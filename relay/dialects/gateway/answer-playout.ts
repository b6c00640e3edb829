import type { Clock } from '#kernel/clock';
import type { OutputPlace } from '../../session/live/live-event.ts';
import { Playout } from '../../session/live/playout.ts';

/** Where an answer was broken off; without an item when none of it had been sent. */
export interface Cut {
  response: string;
  itemId: string | undefined;
  heardMs: number;
}

/** What the client has of the latest answer, and how much of it was heard: by the clock, unless the client knows better. */
export class AnswerPlayout {
  readonly #playout: Playout;
  #response: string | undefined;
  #itemId: string | undefined;
  #sentMs = 0;
  #isGiven = false;
  #isCut = false;

  constructor(clock: Clock) {
    this.#playout = new Playout(clock);
  }

  /** The latest one. */
  get response(): string | undefined {
    return this.#response;
  }

  /** An answer is being given, or its end is still being heard. */
  get isHeard(): boolean {
    return this.#isGiven || (!this.#isCut && this.#playout.restMs > 0);
  }

  /** Whether the client has been told to drop what it has of the latest answer. */
  get isCut(): boolean {
    return this.#isCut;
  }

  started(response: string): void {
    this.#playout.stop();
    this.#response = response;
    this.#itemId = undefined;
    this.#sentMs = 0;
    this.#isGiven = true;
    this.#isCut = false;
  }

  sent({ itemId }: OutputPlace, durationMs: number): void {
    this.#itemId = itemId;
    this.#sentMs += durationMs;
    this.#playout.sent(itemId, durationMs);
  }

  done(): void {
    this.#isGiven = false;
  }

  /** Nothing more of the latest answer is heard. Undefined when there was none. */
  cut(heardMs = this.#itemId === undefined ? 0 : this.#playout.heardMs): Cut | undefined {
    if (this.#response === undefined) return undefined;
    this.#playout.stop();
    this.#isCut = true;
    return { response: this.#response, itemId: this.#itemId, heardMs: Math.round(Math.min(heardMs, this.#sentMs)) };
  }
}
