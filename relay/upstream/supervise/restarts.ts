/** Attempts to bring a process back, and the wait before each: a second, doubled each time. */
const MAX_RESTARTS = 5;
const FIRST_DELAY_MS = 1_000;
/** One that was up for so long had not failed to start: it is given all its restarts again. */
const FORGIVEN_AFTER_MS = 600_000;

/** Decides whether a process that ended is started again, and when. */
export class Restarts {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Milliseconds to wait, or undefined when it has been tried often enough. `upForMs`: it answered for so long. */
  next(upForMs: number): number | undefined {
    if (upForMs >= FORGIVEN_AFTER_MS) this.#count = 0;
    if (this.#count >= MAX_RESTARTS) return undefined;
    return FIRST_DELAY_MS * 2 ** this.#count++;
  }
}
