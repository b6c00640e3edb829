import { BANDS } from './bands.ts';

/** Memory of about three frames. */
const KEEP = 0.7;
/** A prediction as loud as the microphone itself, to within 6 dB … */
const AS_LOUD = 0.25;
/** … of which nothing is to be found there: with a talker no louder than that the coherence is at least 0.5. */
const COHERENT = 0.3;
const FEWEST_BANDS = 5;
/** A path was known if so many frames were explained well. */
const PROVEN_FRAMES = 15;
const WELL = 0.7;

/**
 * Notices that the loudspeaker's sound arrives by another path than before: the prediction is as loud as ever, but has
 * nothing in common with what is heard. A talker adds to the echo and leaves it in there.
 */
export class PathWatch {
  readonly #common = new Float32Array(BANDS);
  readonly #predicted = new Float32Array(BANDS);
  readonly #heard = new Float32Array(BANDS);
  /** 1: what is predicted is there; 0: nothing of it. */
  coherence = 1;
  #goodFrames = 0;

  reset(): void {
    this.coherence = 1;
    this.#goodFrames = 0;
    for (const band of [this.#common, this.#predicted, this.#heard]) band.fill(0);
  }

  /** True if the latest frames do not contain the echo that was predicted. */
  isWrong(commonRe: Float32Array, predicted: Float32Array, residual: Float32Array, noise: Float32Array): boolean {
    let sum = 0;
    let bands = 0;
    let heardSum = 0;
    let predictedSum = 0;
    for (let b = 0; b < BANDS; b++) {
      // Microphone = residual + prediction.
      const common = commonRe[b]! + predicted[b]!;
      const heard = residual[b]! + 2 * commonRe[b]! + predicted[b]!;
      this.#common[b] = KEEP * this.#common[b]! + common;
      this.#predicted[b] = KEEP * this.#predicted[b]! + predicted[b]!;
      this.#heard[b] = KEEP * this.#heard[b]! + heard;
      if (this.#predicted[b]! < 30 * noise[b]!) continue;
      bands++;
      sum += this.#common[b]! / Math.sqrt(this.#predicted[b]! * Math.max(this.#heard[b]!, 1e-9));
      heardSum += this.#heard[b]!;
      predictedSum += this.#predicted[b]!;
    }
    if (bands < FEWEST_BANDS) return false;
    this.coherence = sum / bands;
    if (this.coherence > WELL) this.#goodFrames++;
    if (this.#goodFrames < PROVEN_FRAMES) return false;
    return this.coherence < COHERENT && predictedSum > AS_LOUD * heardSum;
  }
}
