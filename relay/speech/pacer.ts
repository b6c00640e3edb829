import type { Clock } from '#kernel/clock';
import type { Gate } from './gate.ts';

/** Holds audio back so that it is sent at most `leadMs` ahead of the time it takes to play. */
export class Pacer {
  readonly #clock: Clock;
  readonly #leadMs: number;
  /** When the first sound would have been played, had the listener neither run dry nor paused since. */
  #startedAtMs: number;
  #heldAtMs: number | undefined;
  #sentMs = 0;

  constructor(clock: Clock, leadMs: number) {
    this.#clock = clock;
    this.#leadMs = leadMs;
    this.#startedAtMs = clock.nowMs();
  }

  /** Of audio sent so far. */
  get sentMs(): number {
    return this.#sentMs;
  }

  sent(ms: number): void {
    this.#sentMs += ms;
  }

  /** The listener stops playing: from now to `release` no time passes for it. */
  hold(): void {
    this.#heldAtMs ??= this.#clock.nowMs();
  }

  release(): void {
    if (this.#heldAtMs !== undefined) this.#startedAtMs += this.#clock.nowMs() - this.#heldAtMs;
    this.#heldAtMs = undefined;
  }

  /** Until the gate is open and more may be sent, or the signal aborts. */
  async pass(gate: Gate, signal: AbortSignal): Promise<void> {
    // One who ran dry did not get ahead by it.
    this.#startedAtMs = Math.max(this.#startedAtMs, this.#listenerNowMs() - this.#sentMs);
    for (;;) {
      await gate.pass();
      const waitMs = this.#startedAtMs + this.#sentMs - this.#leadMs - this.#listenerNowMs();
      if (waitMs <= 0 || signal.aborted) return;
      await this.#sleep(waitMs, signal);
    }
  }

  #listenerNowMs(): number {
    return this.#heldAtMs ?? this.#clock.nowMs();
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve) => {
      const cancel = this.#clock.after(ms, done);
      signal.addEventListener('abort', done, { once: true });
      function done(): void {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}
