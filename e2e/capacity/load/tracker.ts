import type { Stamp } from './stamp.ts';

/** Down frames of one line that may be on their way at once; 6 s. */
const IN_FLIGHT = 64;
const SEQUENCES = 65_536;

export interface Tracked {
  /** Of every down frame that arrived, in milliseconds. */
  latenciesMs: number[];
  sent: number;
  /** Arrived twice, out of order, or after others that never came. */
  misplaced: number;
  /** Down messages whose audio was not the generator's, or not whole. */
  foreign: number;
}

/** Knows which down frames are on their way, and how long they have been: sender and receiver share one clock. */
export class Tracker {
  readonly #sentAtMs: Float64Array;
  readonly #next: Int32Array;
  #tracked: Tracked = nothing();

  constructor(lines: number) {
    this.#sentAtMs = new Float64Array(lines * IN_FLIGHT);
    this.#next = new Int32Array(lines).fill(-1);
  }

  sent({ line, sequence }: Stamp): void {
    this.#tracked.sent++;
    this.#sentAtMs[line * IN_FLIGHT + (sequence % IN_FLIGHT)] = performance.now();
  }

  /** Undefined: a down message without our stamp. */
  arrived(stamp: Stamp | undefined): void {
    if (!stamp || stamp.line >= this.#next.length) {
      this.#tracked.foreign++;
      return;
    }
    const { line, sequence } = stamp;
    const expected = this.#next[line] ?? -1;
    // The first of a line may have any number: what was sent before it was awaited is not counted.
    if (expected >= 0 && expected !== sequence) this.#tracked.misplaced++;
    this.#next[line] = (sequence + 1) % SEQUENCES;
    const sentAtMs = this.#sentAtMs[line * IN_FLIGHT + (sequence % IN_FLIGHT)] ?? NaN;
    this.#tracked.latenciesMs.push(performance.now() - sentAtMs);
  }

  /** Everything since this was called last. */
  take(): Tracked {
    const tracked = this.#tracked;
    this.#tracked = nothing();
    return tracked;
  }
}

const nothing = (): Tracked => ({ latenciesMs: [], sent: 0, misplaced: 0, foreign: 0 });
