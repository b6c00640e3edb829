/** Both ends of a recording are judged by what arrived in so many seconds. */
const JUDGED_S = 5;

/**
 * Tells when a recording was begun from when its pieces arrived: none can arrive before it sounded, and among many some
 * arrive at once, so the earliest ones (relative to their place in it) tell. Recordings made in the same way, with one
 * latency, lie beside each other to a few milliseconds that way.
 */
export class ArrivalClock {
  /** For each second that anything arrived in, in order. */
  readonly #earliest: { second: number; beganMs: number }[] = [];

  /** `recordedMs` of it had arrived at `nowMs`. */
  observe(recordedMs: number, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const beganMs = nowMs - recordedMs;
    const last = this.#earliest.at(-1);
    if (last?.second === second) last.beganMs = Math.min(last.beganMs, beganMs);
    else this.#earliest.push({ second, beganMs });
  }

  /** When the first sample sounded, on the clock of `nowMs`. */
  get beganMs(): number {
    return Math.min(...this.#earliest.map(({ beganMs }) => beganMs));
  }

  /** How much later it would seem to have begun by its end than by its beginning: what it lost, or how slow its clock is. */
  get lostMs(): number {
    const began = this.#earliest.map(({ beganMs }) => beganMs);
    return Math.min(...began.slice(-JUDGED_S)) - Math.min(...began.slice(0, JUDGED_S));
  }
}
