import type { Clock } from '#kernel/clock';

/**
 * What has most likely been heard of an answer: players start at once and play on without a pause while there is sound.
 * A client that knows better says so (`truncateItem`).
 */
export class Playout {
  readonly #clock: Clock;
  #itemId: string | undefined;
  #sentMs = 0;
  #endsAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The item that was, or is being, spoken last. */
  get itemId(): string | undefined {
    return this.#itemId;
  }

  /** Until everything sent so far is heard; 0 when it is. */
  get restMs(): number {
    return Math.max(0, this.#endsAtMs - this.#clock.nowMs());
  }

  get heardMs(): number {
    return this.#sentMs - Math.min(this.restMs, this.#sentMs);
  }

  sent(itemId: string, durationMs: number): void {
    if (itemId !== this.#itemId) {
      this.#itemId = itemId;
      this.#sentMs = 0;
    }
    this.#sentMs += durationMs;
    this.#endsAtMs = Math.max(this.#clock.nowMs(), this.#endsAtMs) + durationMs;
  }

  /** The client has fallen silent. */
  stop(): void {
    this.#sentMs = this.heardMs;
    this.#endsAtMs = 0;
  }
}
