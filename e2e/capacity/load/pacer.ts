/** Frames of one kind, sent at an even pace: the `n`-th is due `n / perSecond` seconds after the start. */
export interface Lane {
  perSecond: number;
  send(n: number): void;
}

/** Sent in one go before the sockets are looked after again: what arrives must not wait for what is sent. */
const BURST = 2;

/** Sends frames at their times, between which it lets everything else run. */
export class Pacer {
  readonly #lanes: readonly (Lane & { sent: number })[];
  readonly #startMs = performance.now();
  #isStopped = false;
  #worstLagMs = 0;

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes.filter(({ perSecond }) => perSecond > 0).map((lane) => ({ ...lane, sent: 0 }));
    this.#tick();
  }

  /** The longest time by which a frame has left too late since this was asked last. */
  takeWorstLagMs(): number {
    const lagMs = this.#worstLagMs;
    this.#worstLagMs = 0;
    return lagMs;
  }

  stop(): void {
    this.#isStopped = true;
  }

  #tick(): void {
    if (this.#isStopped) return;
    let waitMs = Infinity;
    for (const lane of this.#lanes) waitMs = Math.min(waitMs, this.#serve(lane));
    // A timer sleeps for a millisecond at least.
    if (waitMs > 1.5) setTimeout(() => this.#tick(), Math.floor(waitMs));
    else setImmediate(() => this.#tick());
  }

  /** Gives how long until the next frame of this lane is due. */
  #serve(lane: Lane & { sent: number }): number {
    for (let left = BURST; left > 0; left--) {
      const lateMs = performance.now() - this.#startMs - (lane.sent * 1000) / lane.perSecond;
      if (lateMs < 0) return -lateMs;
      this.#worstLagMs = Math.max(this.#worstLagMs, lateMs);
      lane.send(lane.sent++);
    }
    return 0;
  }
}
