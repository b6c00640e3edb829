import type { Clock } from '#kernel/clock';
import type { Budgets } from '../../session/budgets.ts';

/** A ping may be late by as much; the client's timer and a slow network share it. */
const PING_GRACE_MS = 5_000;

/** Notices a peer that never says hello and one that has gone silent (its pings included). */
export class Watchdog {
  readonly #clock: Clock;
  readonly #budgets: Budgets;
  readonly #on: { helloLate(): void; silent(): void };
  #heardAtMs: number;
  #stop: () => void;

  constructor(clock: Clock, budgets: Budgets, on: { helloLate(): void; silent(): void }) {
    this.#clock = clock;
    this.#budgets = budgets;
    this.#on = on;
    this.#heardAtMs = clock.nowMs();
    this.#stop = clock.after(budgets.helloTimeoutMs, on.helloLate);
  }

  /** Called for every message: it only takes the time; one timer looks at it later. */
  heard(): void {
    this.#heardAtMs = this.#clock.nowMs();
  }

  /** The hello was good: from now on silence is measured. */
  greeted(): void {
    this.#stop();
    this.#watch(this.#silenceMs);
  }

  stop(): void {
    this.#stop();
  }

  get #silenceMs(): number {
    return this.#budgets.maxMissedPings * this.#budgets.pingIdleMs + PING_GRACE_MS;
  }

  #watch(delayMs: number): void {
    this.#stop = this.#clock.after(delayMs, () => {
      const restMs = this.#heardAtMs + this.#silenceMs - this.#clock.nowMs();
      if (restMs > 0) this.#watch(restMs);
      else this.#on.silent();
    });
  }
}
