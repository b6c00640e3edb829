import { BINS, BLOCK, WINDOW } from './blocks.ts';
import { RealFft, type Spectrum } from './real-fft.ts';
import type { ReferenceSpectra } from './reference-spectra.ts';

/** 384 ms of room. */
export const PARTITIONS = 12;
/** Rooms change slowly: the share of the path that is still true one frame later. */
const TRANSITION = 0.9995;
/** Energy that the path may have, as a prior: 0 dB in the first partition, 3 dB less in each further one. */
const PRIOR_POWER = 1;
const PRIOR_DECAY = 0.5;
const NEAR_SMOOTHING = 0.5;
/** Half of each window is padding, so that half the energy counts. */
const OVERLAP = 0.5;
/** Partitions take turns: half the transforms, for a tenth of a second more until it has converged. */
const CONSTRAIN_EVERY = 2;
/** A frame tells that much about the path: half the window is padding, and half the correction is cut off again. */
const SHRINK = 0.25;
/** A bin is known as well as the rest once it was heard as strongly as now for so many frames. */
const LEARN_FRAMES = 1;

/**
 * Takes the loudspeaker's sound out of the microphone's: partitioned-block frequency-domain Kalman filter (Enzner and
 * Vary, "Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free telephones", Signal Processing
 * 2006; partitioned by Kuech, Mabande and Enzner, ICASSP 2014). Its step size follows from the uncertainty of the path
 * and the loudness of the talker, so it needs no detector of double talk.
 */
export class EchoFilter {
  readonly #fft = new RealFft(WINDOW);
  readonly #paths: Spectrum[];
  readonly #uncertainties: Float32Array[];
  readonly #echo: Spectrum;
  readonly #step: Spectrum;
  readonly #near = new Float32Array(BINS);
  readonly #gain = new Float32Array(BINS);
  readonly #window = new Float32Array(WINDOW);
  readonly #excitation = new Float32Array(BINS);
  readonly #learned = new Float32Array(BINS);
  #played = 0;
  #echoed = 0;
  #coupling = 0;
  #firstAge = 0;
  #turn = 0;

  /** The spectrum of the residual behind a block of silence. */
  readonly error: Spectrum;
  /** How much of the residual's power may be echo that the filter does not know well enough yet, by bin. */
  readonly doubt = new Float32Array(BINS);
  /** Echo as predicted for the latest frame. */
  readonly predicted = new Float32Array(BLOCK);
  /** The latest frame without it. */
  readonly residual = new Float32Array(BLOCK);

  constructor() {
    const spectra = () => this.#fft.createSpectrum();
    this.#paths = Array.from({ length: PARTITIONS }, spectra);
    this.#uncertainties = Array.from({ length: PARTITIONS }, () => new Float32Array(BINS));
    this.#echo = spectra();
    this.error = spectra();
    this.#step = spectra();
    this.reset(0);
  }

  get firstAge(): number {
    return this.#firstAge;
  }

  /** Starts anew, for a path that begins `firstAge` blocks after the loudspeaker. */
  reset(firstAge: number): void {
    this.#firstAge = firstAge;
    for (const { re, im } of this.#paths) {
      re.fill(0);
      im.fill(0);
    }
    this.distrust();
  }

  /** Keeps what was learned, but believes none of it. */
  distrust(): void {
    for (const [p, uncertainty] of this.#uncertainties.entries()) uncertainty.fill(PRIOR_POWER * PRIOR_DECAY ** p);
    this.#near.fill(0);
    this.#learned.fill(0);
    this.#played = 0;
    this.#echoed = 0;
  }

  /** `back`: how many blocks ago the frame was heard. */
  process(frame: Float32Array, spectra: ReferenceSpectra, back = 0): void {
    const firstAge = this.#firstAge + back;
    this.#predict(spectra, firstAge);
    for (let i = 0; i < BLOCK; i++) this.residual[i] = frame[i]! - this.predicted[i]!;
    this.#window.fill(0, 0, BLOCK);
    this.#window.set(this.residual, BLOCK);
    this.#fft.forward(this.#window, this.error);
    this.#weigh(spectra, firstAge);
    this.#turn = (this.#turn + 1) % CONSTRAIN_EVERY;
    for (let p = 0; p < PARTITIONS; p++) this.#correct(p, spectra.at(firstAge + p));
  }

  #predict(spectra: ReferenceSpectra, firstAge: number): void {
    const { re, im } = this.#echo;
    re.fill(0);
    im.fill(0);
    for (let p = 0; p < PARTITIONS; p++) {
      const x = spectra.at(firstAge + p);
      const path = this.#paths[p]!;
      for (let k = 0; k < BINS; k++) {
        re[k]! += x.re[k]! * path.re[k]! - x.im[k]! * path.im[k]!;
        im[k]! += x.re[k]! * path.im[k]! + x.im[k]! * path.re[k]!;
      }
    }
    this.#fft.inverse(this.#echo, this.#window);
    this.predicted.set(this.#window.subarray(BLOCK));
  }

  /** What divides the gain: uncertain echo and near-end sound, by bin. */
  #weigh(spectra: ReferenceSpectra, firstAge: number): void {
    this.#gain.fill(0);
    this.#excitation.fill(0);
    let played = 0;
    let echoed = 0;
    for (let p = 0; p < PARTITIONS; p++) {
      const x = spectra.at(firstAge + p);
      const uncertainty = this.#uncertainties[p]!;
      const share = PRIOR_DECAY ** p;
      for (let k = 0; k < BINS; k++) {
        const power = x.re[k]! * x.re[k]! + x.im[k]! * x.im[k]!;
        this.#gain[k]! += uncertainty[k]! * power;
        this.#excitation[k]! += share * power;
      }
    }
    for (let k = 0; k < BINS; k++) {
      const error = this.error.re[k]! * this.error.re[k]! + this.error.im[k]! * this.error.im[k]!;
      this.#near[k] = NEAR_SMOOTHING * this.#near[k]! + (1 - NEAR_SMOOTHING) * error;
      const excitation = this.#excitation[k]!;
      const heard = this.#learned[k]!;
      const novelty = excitation / (1 + heard / (LEARN_FRAMES * excitation + 1e-9));
      this.#learned[k] = 0.9997 * heard + excitation;
      played += excitation;
      echoed += this.#echo.re[k]! * this.#echo.re[k]! + this.#echo.im[k]! * this.#echo.im[k]!;
      this.doubt[k] = Math.max(OVERLAP * this.#gain[k]!, OVERLAP * this.#coupling * novelty);
      this.#gain[k] = 1 / (OVERLAP * this.#gain[k]! + this.#near[k]! + 1e-9);
    }
    this.#played = 0.99 * this.#played + played;
    this.#echoed = 0.99 * this.#echoed + echoed;
    this.#coupling = this.#echoed / (this.#played + 1e-9);
  }

  #correct(p: number, x: Spectrum): void {
    const path = this.#paths[p]!;
    const uncertainty = this.#uncertainties[p]!;
    const { re, im } = this.#step;
    for (let k = 0; k < BINS; k++) {
      const gain = uncertainty[k]! * this.#gain[k]!;
      const a = x.re[k]!;
      const b = x.im[k]!;
      const c = this.error.re[k]! * gain;
      const d = this.error.im[k]! * gain;
      re[k] = a * c + b * d;
      im[k] = a * d - b * c;
      const power = path.re[k]! * path.re[k]! + path.im[k]! * path.im[k]!;
      const left = uncertainty[k]! * (1 - SHRINK * gain * (a * a + b * b));
      uncertainty[k] = TRANSITION * TRANSITION * left + (1 - TRANSITION * TRANSITION) * power;
    }
    for (let k = 0; k < BINS; k++) {
      path.re[k] = TRANSITION * (path.re[k]! + re[k]!);
      path.im[k] = TRANSITION * (path.im[k]! + im[k]!);
    }
    if (p % CONSTRAIN_EVERY === this.#turn) this.#constrain(path);
  }

  /** A partition is one block long; what lies beyond it would wrap round. */
  #constrain(path: Spectrum): void {
    this.#fft.inverse(path, this.#window);
    this.#window.fill(0, BLOCK);
    this.#fft.forward(this.#window, path);
  }
}
