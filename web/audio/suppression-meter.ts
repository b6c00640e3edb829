/** Below this (mean square) there is nothing that could be taken out: -90 dBFS. */
const NOTHING = 1e-9;
/** Of the newest reading; with ten readings a second it follows within half a second. */
const SHARE = 0.2;
const MAX_DB = 60;

/** How much a suppressor takes out, told from its power before and after, smoothed as one reads a meter. */
export class SuppressionMeter {
  #before = 0;
  #after = 0;

  /** Takes the mean squares of the moment; returns dB, 0 when nothing is taken out or nothing is there. */
  read(before: number, after: number): number {
    this.#before += SHARE * (before - this.#before);
    this.#after += SHARE * (after - this.#after);
    if (this.#before < NOTHING) return 0;
    const db = 10 * Math.log10(this.#before / Math.max(this.#after, Number.MIN_VALUE));
    return Math.min(MAX_DB, Math.max(0, db));
  }
}
