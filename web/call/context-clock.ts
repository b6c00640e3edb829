/**
 * Translates the audio context's clock (seconds) to this thread's (milliseconds). A message from a worklet arrives a
 * little after the instant it tells of, never before: the smallest difference seen lately is the true one, as far as
 * anyone can tell. Differences are soon forgotten: the two clocks drift apart, and while a device opens the context's stands
 * still for a quarter of a second.
 */
export class ContextClock {
  static readonly #WINDOW_MS = 1_000;
  #best: { atMs: number; offsetMs: number } | undefined;
  #next: { atMs: number; offsetMs: number } | undefined;

  /** An instant on the context's clock whose message has just arrived. */
  observe(contextTime: number, nowMs: number): void {
    const seen = { atMs: nowMs, offsetMs: nowMs - contextTime * 1000 };
    if (!this.#best || seen.offsetMs <= this.#best.offsetMs) {
      this.#best = seen;
      this.#next = undefined;
      return;
    }
    if (!this.#next || seen.offsetMs <= this.#next.offsetMs) this.#next = seen;
    if (nowMs - this.#best.atMs > ContextClock.#WINDOW_MS) {
      this.#best = this.#next;
      this.#next = undefined;
    }
  }

  /** Undefined until something was observed. */
  toMs(contextTime: number): number | undefined {
    return this.#best && contextTime * 1000 + this.#best.offsetMs;
  }
}
