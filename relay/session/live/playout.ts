import type { Clock } from '#kernel/clock';

interface Sent {
  itemId: string;
  sentMs: number;
}

/** How much of an item was heard. */
export interface Heard {
  itemId: string;
  heardMs: number;
}

/**
 * What has most likely been heard of the answers: players start at once and play on without a pause while there is sound.
 * A client that knows better says so (`truncateItem`).
 */
export class Playout {
  readonly #clock: Clock;
  /** In the order of playing; all but the last may still be heard. */
  #items: Sent[] = [];
  #endsAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The item that was, or is being, sent last. */
  get itemId(): string | undefined {
    return this.#items.at(-1)?.itemId;
  }

  /** Until everything sent so far is heard; 0 when it is. */
  get restMs(): number {
    return Math.max(0, this.#endsAtMs - this.#clock.nowMs());
  }

  /** Of the last item. */
  get heardMs(): number {
    const sentMs = this.#items.at(-1)?.sentMs ?? 0;
    return sentMs - Math.min(this.restMs, sentMs);
  }

  /** Items that have not been heard to their end. */
  get unheard(): Heard[] {
    const unheard: Heard[] = [];
    let restMs = this.restMs;
    for (const { itemId, sentMs } of this.#items.toReversed()) {
      if (restMs <= 0) break;
      unheard.push({ itemId, heardMs: sentMs - Math.min(restMs, sentMs) });
      restMs -= sentMs;
    }
    return unheard;
  }

  sent(itemId: string, durationMs: number): void {
    const last = this.#items.at(-1);
    if (last?.itemId === itemId) last.sentMs += durationMs;
    else {
      if (this.restMs === 0) this.#items = [];
      this.#items.push({ itemId, sentMs: durationMs });
    }
    this.#endsAtMs = Math.max(this.#clock.nowMs(), this.#endsAtMs) + durationMs;
  }

  /** The client has fallen silent. */
  stop(): void {
    const { itemId, heardMs } = this;
    this.#items = itemId === undefined ? [] : [{ itemId, sentMs: heardMs }];
    this.#endsAtMs = 0;
  }
}
