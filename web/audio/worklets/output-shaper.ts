import { fromDb } from '#dsp/level';
import { Ramp } from './ramp.ts';

/** Short enough that nothing is heard to fade, long enough that no step is heard as a click (0.7 to 1.5 ms). */
const DECLICK_MS = 1;

/** The level of what is played: ducking, fades, and no click wherever the signal starts in mid-wave or breaks off. */
export class OutputShaper {
  readonly #samplesPerMs: number;
  /** In decibels, so that ducking sounds even. */
  readonly #duckDb = new Ramp(0);
  #duckGain = 1;
  readonly #fade = new Ramp(1);
  /** The last value of a signal that broke off, on its way to zero. */
  readonly #tail = new Ramp(0);
  #lastValue = 0;

  constructor(rateHz: number) {
    this.#samplesPerMs = rateHz / 1000;
  }

  /** Full level; the tail of an earlier signal goes on. */
  restart(): void {
    this.#duckDb.moveTo(0);
    this.#duckGain = 1;
    this.#fade.moveTo(1);
    this.#lastValue = 0;
  }

  duck(gainDb: number, rampMs: number): void {
    this.#duckDb.moveTo(gainDb, rampMs * this.#samplesPerMs);
    if (this.#duckDb.samplesLeft === 0) this.#duckGain = fromDb(gainDb);
  }

  /** At the level asked for last, however much of the way there was left. */
  finishDucking(): void {
    this.#duckDb.finish();
    this.#duckGain = fromDb(this.#duckDb.value);
  }

  /** From wherever an earlier fade has come to; from silence, if the signal broke off. */
  fadeIn(rampMs = 0): void {
    this.#fade.moveTo(1, Math.max(rampMs, DECLICK_MS) * this.#samplesPerMs);
  }

  /** In 1 ms at least. */
  fadeOut(fadeMs: number): void {
    this.#fade.moveTo(0, Math.max(fadeMs, DECLICK_MS) * this.#samplesPerMs);
  }

  /** Samples until the fade asked for last is over. */
  get fadeSamplesLeft(): number {
    return this.#fade.samplesLeft;
  }

  /** A fade out is over, and no fade in has begun to be heard. */
  get isSilent(): boolean {
    return this.#fade.value === 0;
  }

  /** Adds the first `samples` of `input` to `output`, and returns their power (sum of squares). */
  mix(input: Float32Array, output: Float32Array, samples: number): number {
    let power = 0;
    for (let i = 0; i < samples; i++) {
      if (this.#duckDb.samplesLeft > 0) this.#duckGain = fromDb(this.#duckDb.next());
      const value = input[i]! * this.#duckGain * this.#fade.next();
      output[i] = output[i]! + value;
      power += value * value;
      this.#lastValue = value;
    }
    return power;
  }

  /** The signal mixed in so far ends here, wherever the wave was; what follows begins in silence. */
  breakOff(): void {
    this.#tail.moveTo(this.#tail.value + this.#lastValue);
    this.#tail.moveTo(0, DECLICK_MS * this.#samplesPerMs);
    this.#lastValue = 0;
    this.#fade.moveTo(0);
  }

  /** Adds what is left of signals that broke off to `output`, from index `from` up to `samples`. */
  mixTail(output: Float32Array, from: number, samples: number): void {
    for (let i = from; i < samples && this.#tail.samplesLeft > 0; i++) output[i] = output[i]! + this.#tail.next();
  }
}
