const SILENCE_DB = -58;
const LOUD_DB = -8;

/** Speech at arm's length moves through most of 0 to 1; room noise stays near 0. */
export function toLoudness(levelDb: number): number {
  return Math.min(1, Math.max(0, (levelDb - SILENCE_DB) / (LOUD_DB - SILENCE_DB)));
}

/**
 * The latest loudness values, newest first, one per `stepMs` whatever the frame rate. Between two steps `phase` runs
 * from 0 to 1, so that a drawing can move on smoothly.
 */
export class LevelTrail {
  readonly #values: Float32Array;
  readonly #stepMs: number;
  #head = 0;
  #steppedAtMs = -Infinity;
  #phase = 0;

  constructor(length: number, stepMs: number) {
    this.#values = new Float32Array(length);
    this.#stepMs = stepMs;
  }

  get length(): number {
    return this.#values.length;
  }

  get phase(): number {
    return this.#phase;
  }

  /** 0: the newest. */
  at(age: number): number {
    return this.#values[(this.#head + age) % this.#values.length] ?? 0;
  }

  /** The loudness now. A peak within a step is kept; steps missed (a hidden tab) are filled with what is now. */
  push(loudness: number, nowMs: number): void {
    const values = this.#values;
    const steps = Math.floor((nowMs - this.#steppedAtMs) / this.#stepMs);
    for (let i = Math.min(steps, values.length); i > 0; i--) {
      this.#head = (this.#head + values.length - 1) % values.length;
      values[this.#head] = loudness;
    }
    if (steps > 0) this.#steppedAtMs = Number.isFinite(steps) ? this.#steppedAtMs + steps * this.#stepMs : nowMs;
    else values[this.#head] = Math.max(values[this.#head] ?? 0, loudness);
    this.#phase = Math.min(1, Math.max(0, (nowMs - this.#steppedAtMs) / this.#stepMs));
  }
}
