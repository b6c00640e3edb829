/** An interrupted answer sounds worse than a later one, so it grows fast: 80 ms covers 150 ms of jitter at once. */
const GROWTH = 1.5;
const MIN_GROWTH_MS = 60;
/** What it has grown by is down to a third after this much undisturbed playing. */
const EASING_MS = 60_000;

/** How much audio to gather before playing: as little as the network has lately allowed. Outlives single answers. */
export class StartReserve {
  readonly #minMs: number;
  readonly #maxMs: number;
  #ms: number;

  constructor(minMs: number, maxMs: number) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#ms = minMs;
  }

  get ms(): number {
    return this.#ms;
  }

  /** The buffer ran dry. */
  grow(): void {
    this.#ms = Math.min(this.#maxMs, Math.max(this.#ms * GROWTH, this.#ms + MIN_GROWTH_MS));
  }

  /** So much was played without running dry. */
  ease(playedMs: number): void {
    this.#ms -= (this.#ms - this.#minMs) * Math.min(1, playedMs / EASING_MS);
  }
}
