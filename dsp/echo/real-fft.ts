import FFT from 'fft.js';

/** The non-negative half of a real signal's spectrum: `samples / 2 + 1` bins. */
export interface Spectrum {
  re: Float32Array;
  im: Float32Array;
}

/**
 * Fourier transform of real signals of one length, a power of two, by a complex transform of half that length: even and
 * odd samples travel as real and imaginary part, which is how they lie in memory already. Allocates nothing per call.
 */
export class RealFft {
  readonly bins: number;
  readonly #half: number;
  readonly #fft: FFT;
  readonly #packed: Float32Array;
  readonly #cos: Float32Array;
  readonly #sin: Float32Array;

  constructor(samples: number) {
    this.#half = samples / 2;
    this.bins = this.#half + 1;
    this.#fft = new FFT(this.#half);
    this.#packed = new Float32Array(samples);
    this.#cos = Float32Array.from({ length: this.bins }, (_, k) => Math.cos((2 * Math.PI * k) / samples));
    this.#sin = Float32Array.from({ length: this.bins }, (_, k) => Math.sin((2 * Math.PI * k) / samples));
  }

  createSpectrum(): Spectrum {
    return { re: new Float32Array(this.bins), im: new Float32Array(this.bins) };
  }

  forward(signal: Float32Array, { re, im }: Spectrum): void {
    const packed = this.#packed;
    const half = this.#half;
    this.#fft.transform(packed, signal);
    re[0] = packed[0]! + packed[1]!;
    im[0] = 0;
    re[half] = packed[0]! - packed[1]!;
    im[half] = 0;
    for (let k = 1; k < half; k++) {
      const a = packed[2 * k]!;
      const b = packed[2 * k + 1]!;
      const c = packed[2 * (half - k)]!;
      const d = packed[2 * (half - k) + 1]!;
      const oddRe = 0.5 * (b + d);
      const oddIm = 0.5 * (c - a);
      const cos = this.#cos[k]!;
      const sin = this.#sin[k]!;
      re[k] = 0.5 * (a + c) + cos * oddRe + sin * oddIm;
      im[k] = 0.5 * (b - d) + cos * oddIm - sin * oddRe;
    }
  }

  inverse({ re, im }: Spectrum, signal: Float32Array): void {
    const packed = this.#packed;
    const half = this.#half;
    packed[0] = 0.5 * (re[0]! + re[half]!);
    packed[1] = 0.5 * (re[0]! - re[half]!);
    for (let k = 1; k < half; k++) {
      const a = re[k]!;
      const b = im[k]!;
      const c = re[half - k]!;
      const d = im[half - k]!;
      const differenceRe = 0.5 * (a - c);
      const differenceIm = 0.5 * (b + d);
      const cos = this.#cos[k]!;
      const sin = this.#sin[k]!;
      packed[2 * k] = 0.5 * (a + c) - (sin * differenceRe + cos * differenceIm);
      packed[2 * k + 1] = 0.5 * (b - d) + cos * differenceRe - sin * differenceIm;
    }
    this.#fft.inverseTransform(signal, packed);
  }
}
