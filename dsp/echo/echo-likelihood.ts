import { BANDS, bandPowers, bandProducts, bandSums } from './bands.ts';
import { BLOCK, WINDOW } from './blocks.ts';
import type { EchoFilter } from './echo-filter.ts';
import { PathWatch } from './path-watch.ts';
import { RealFft } from './real-fft.ts';

/** Reverberation beyond the filter's length decays at least this fast: 60 dB in a second, in power per frame. */
const TAIL_KEEP = 10 ** -0.192;
/** What is left of the echo, as a share of it: at first, and the bounds of what can be learned. */
const LEFT_AT_FIRST = 0.3;
const LEAST_LEFT = 0.003;
const MOST_LEFT = 1;
/** What comes later than the filter reaches, as a share of the decayed echo before it. */
const LATE_AT_FIRST = 0.1;
/** The echo has died away by this much when only that is left. */
const LATE_BELOW = 0.03;
/** Surprises count for more: the shares are meant to be seldom exceeded. */
const UP = 3;
const LEARN = 0.03;
/** The room's own noise: falls with every quieter frame, rises by 1 dB a second. */
const NOISE_RISE = 10 ** 0.0032;
const NOISE_MARGIN = 4;
/** A sound is as likely the talker's as echo when it is this far above what is expected to be left of the echo. */
const EVEN_DB = 6;
const SLOPE_DB = 1.5;

/** Judges frame by frame whether what the filter leaves is anything but echo that it could not remove. */
export class EchoLikelihood {
  readonly #fft = new RealFft(WINDOW);
  readonly #window = new Float32Array(WINDOW);
  readonly #echo = this.#fft.createSpectrum();
  readonly #residual = new Float32Array(BANDS);
  readonly #predicted = new Float32Array(BANDS);
  readonly #doubt = new Float32Array(BANDS);
  readonly #common = { re: new Float32Array(BANDS), im: new Float32Array(BANDS) };
  /** The echo of a moment ago, decaying as the slowest room does. */
  readonly #tail = new Float32Array(BANDS);
  readonly #left = new Float32Array(BANDS);
  readonly #late = new Float32Array(BANDS);
  readonly #noise = new Float32Array(BANDS).fill(1);
  readonly #watch = new PathWatch();
  #learned = 0;
  /** Nothing of the echo that was predicted is in what was heard: it takes another path now. */
  isWrong = false;

  constructor() {
    this.reset();
  }

  reset(): void {
    this.#left.fill(LEFT_AT_FIRST);
    this.#late.fill(LATE_AT_FIRST);
    this.#tail.fill(0);
    this.#watch.reset();
    this.#learned = 0;
    this.isWrong = false;
  }

  /** Judges the frame that the filter took last. */
  update(filter: EchoFilter): number {
    this.#window.set(filter.predicted, BLOCK);
    this.#fft.forward(this.#window, this.#echo);
    bandPowers(filter.error, this.#residual);
    bandPowers(this.#echo, this.#predicted);
    bandSums(filter.doubt, this.#doubt);
    bandProducts(filter.error, this.#echo, this.#common.re, this.#common.im);
    this.isWrong = this.#watch.isWrong(this.#common.re, this.#predicted, this.#residual, this.#noise);
    let sound = 0;
    let expected = 0;
    for (let b = 0; b < BANDS; b++) {
      sound += this.#unexplained(b);
      expected += this.#expected(b) + NOISE_MARGIN * this.#noise[b]!;
    }
    const likelihood = 1 / (1 + Math.exp((10 * Math.log10(sound / expected) - EVEN_DB) / SLOPE_DB));
    if (likelihood > 0.5 && !this.isWrong) this.#learn();
    return this.isWrong ? 1 : likelihood;
  }

  /** The residual without the part of it that a wrong gain of this band explains: somebody turned the volume. */
  #unexplained(b: number): number {
    const explained = (this.#common.re[b]! ** 2 + this.#common.im[b]! ** 2) / (this.#predicted[b]! + 1e-9);
    return Math.max(this.#residual[b]! - explained, 1e-9);
  }

  #expected(b: number): number {
    this.#noise[b] = Math.min(this.#noise[b]! * NOISE_RISE, Math.max(this.#residual[b]!, 1e-7));
    this.#tail[b] = Math.max(this.#predicted[b]!, this.#tail[b]! * TAIL_KEEP);
    const known = Math.max(this.#left[b]! * this.#predicted[b]!, this.#late[b]! * this.#tail[b]!);
    return Math.max(known, this.#doubt[b]!);
  }

  #learn(): void {
    const rate = Math.max(LEARN, 0.3 / (1 + 0.1 * this.#learned));
    this.#learned++;
    for (let b = 0; b < BANDS; b++) {
      const predicted = this.#predicted[b]!;
      const tail = this.#tail[b]!;
      if (predicted > Math.max(0.3 * tail, 30 * this.#noise[b]!)) this.#learnShare(this.#left, b, predicted, rate);
      else if (predicted < LATE_BELOW * tail && tail > 300 * this.#noise[b]!)
        this.#learnShare(this.#late, b, tail, rate);
    }
  }

  #learnShare(shares: Float32Array, b: number, of: number, rate: number): void {
    const share = Math.min(MOST_LEFT, Math.max(LEAST_LEFT, this.#residual[b]! / of));
    const by = share > shares[b]! ? Math.min(0.5, UP * rate) : rate;
    shares[b] = shares[b]! ** (1 - by) * share ** by;
  }
}
