import { BINS, BLOCK, WINDOW } from './blocks.ts';
import { RealFft, type Spectrum } from './real-fft.ts';
import type { ReferenceSpectra } from './reference-spectra.ts';

/** Memory of about 1.3 s of sound. */
const KEEP = 0.975;
/** The transforms of all ages are taken once in so many frames. */
const LOOK_EVERY = 4;
/** Bins this far below the mean of the loudest frame are not lifted to the same weight: noise before the echo arrives. */
const QUIET = 0.01;
const FEWEST_FRAMES = 8;
const AGREE_SAMPLES = 32;
/**
 * Peak over mean square of the correlation. The largest of 11 000 values of plain noise reaches about 20, speech
 * against other speech 35 (its pitch correlates with any pitch).
 */
const SURE_RATIO = 90;
/** The direct sound may be weaker than a reflection that follows it this closely. */
const EARLIER_SAMPLES = 320;

/**
 * Finds how long the loudspeaker's sound takes back to the microphone: generalized cross-correlation (Knapp and Carter,
 * 1976) between microphone and reference over all ages, whitened so that speech gives a sharp peak, and averaged over
 * the last second of sound.
 */
export class DelayFinder {
  readonly #fft = new RealFft(WINDOW);
  readonly #ages: number;
  readonly #cross: Spectrum[];
  readonly #power = new Float32Array(BINS);
  readonly #weight = new Float32Array(BINS);
  readonly #frame = new Float32Array(WINDOW);
  /** Of the latest frame, behind a block of silence. */
  readonly heard: Spectrum;
  readonly #correlation: Float32Array;
  readonly #lags = new Float32Array(WINDOW);
  #level = 0;
  #frames = 0;
  #candidate: number | undefined;

  constructor(ages: number) {
    this.#ages = ages;
    this.heard = this.#fft.createSpectrum();
    this.#cross = Array.from({ length: ages }, () => this.#fft.createSpectrum());
    this.#correlation = new Float32Array(ages * BLOCK);
  }

  reset(): void {
    this.#frames = 0;
    this.#level = 0;
    this.#candidate = undefined;
    this.#power.fill(0);
    for (const { re, im } of this.#cross) {
      re.fill(0);
      im.fill(0);
    }
  }

  /** Takes in a frame of the microphone while the reference sounds; now and then tells the delay in samples. */
  update(frame: Float32Array, spectra: ReferenceSpectra): number | undefined {
    this.#frame.set(frame, BLOCK);
    this.#fft.forward(this.#frame, this.heard);
    this.#weigh(spectra);
    for (let age = 0; age < this.#ages; age++) this.#accumulate(age, spectra.at(age));
    this.#frames++;
    return this.#frames >= FEWEST_FRAMES && this.#frames % LOOK_EVERY === 0 ? this.#confirm(this.#look()) : undefined;
  }

  /** A delay counts when two looks agree: chance peaks wander. */
  #confirm(delay: number | undefined): number | undefined {
    const before = this.#candidate;
    this.#candidate = delay;
    const agrees = delay !== undefined && before !== undefined && Math.abs(delay - before) <= AGREE_SAMPLES;
    return agrees ? delay : undefined;
  }

  #weigh(spectra: ReferenceSpectra): void {
    const { re, im } = this.heard;
    let total = 0;
    let loudest = 0;
    for (let k = 0; k < BINS; k++) {
      const power = re[k]! * re[k]! + im[k]! * im[k]!;
      total += power;
    }
    this.#level = Math.max(total, KEEP * this.#level);
    const floor = (QUIET * this.#level) / BINS + 1e-9;
    for (let age = 1; age < this.#ages; age++) if (spectra.energy(age) > spectra.energy(loudest)) loudest = age;
    const reference = spectra.at(loudest);
    for (let k = 0; k < BINS; k++) {
      const xPower = reference.re[k]! * reference.re[k]! + reference.im[k]! * reference.im[k]!;
      this.#power[k] = KEEP * this.#power[k]! + (1 - KEEP) * xPower;
      const yPower = re[k]! * re[k]! + im[k]! * im[k]!;
      this.#weight[k] = 1 / Math.sqrt((yPower + floor) * (this.#power[k]! + 1e-9));
    }
  }

  #accumulate(age: number, reference: Spectrum): void {
    const { re, im } = this.#cross[age]!;
    const y = this.heard;
    for (let k = 2; k < BINS; k++) {
      const a = reference.re[k]!;
      const b = reference.im[k]!;
      const c = y.re[k]! * this.#weight[k]!;
      const d = y.im[k]! * this.#weight[k]!;
      re[k] = KEEP * re[k]! + a * c + b * d;
      im[k] = KEEP * im[k]! + a * d - b * c;
    }
  }

  #look(): number | undefined {
    let sum = 0;
    let peak = 0;
    let at = 0;
    for (let age = 0; age < this.#ages; age++) {
      this.#fft.inverse(this.#cross[age]!, this.#lags);
      for (let i = 0; i < BLOCK; i++) {
        const magnitude = Math.abs(this.#lags[i]!);
        this.#correlation[age * BLOCK + i] = magnitude;
        sum += magnitude * magnitude;
        if (magnitude <= peak) continue;
        peak = magnitude;
        at = age * BLOCK + i;
      }
    }
    // A muted microphone hears zeros, which agree with anything.
    if (peak === 0 || peak * peak * this.#correlation.length < SURE_RATIO * sum) return undefined;
    for (let lag = Math.max(0, at - EARLIER_SAMPLES); lag < at; lag++) {
      if (this.#correlation[lag]! >= 0.5 * peak) return lag;
    }
    return at;
  }
}
