import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '#kernel/clock';

/** Below this a timer costs more than it waits. */
const LEAST_WAIT_MS = 1;

/** Lets the wall clock and the sound of the line go side by side, at a speed that may change with every step. */
export class Pacer {
  readonly #clock: Clock;
  #speed = 0;
  #dueMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when `ms` of sound have gone by at this speed. */
  async step(ms: number, speed: number): Promise<void> {
    if (speed !== this.#speed) {
      // What a quick stretch was late must not be made up for in one that has to be true.
      this.#speed = speed;
      this.#dueMs = this.#clock.nowMs();
    }
    // By the clock and not by the timers, whose lateness would add up.
    this.#dueMs += ms / speed;
    const waitMs = this.#dueMs - this.#clock.nowMs();
    // Whatever has arrived is dealt with in between.
    if (waitMs < LEAST_WAIT_MS) await nextTurn();
    else await new Promise<void>((resolve) => this.#clock.after(waitMs, resolve));
  }
}
