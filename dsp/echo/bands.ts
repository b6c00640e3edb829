import { BINS } from './blocks.ts';
import type { Spectrum } from './real-fft.ts';

/** Edges in bins of 15.6 Hz, 125 Hz to 7 kHz: even steps at first, then wider ones, as the ear has them. */
const EDGES = [8, 14, 20, 26, 32, 39, 47, 56, 66, 78, 92, 108, 127, 150, 177, 209, 247, 292, 345, 448];

export const BANDS = EDGES.length - 1;

/** Adds up the power of a spectrum band by band. */
export function bandPowers({ re, im }: Spectrum, output: Float32Array): void {
  for (let b = 0; b < BANDS; b++) {
    let sum = 0;
    for (let k = EDGES[b]!; k < EDGES[b + 1]!; k++) sum += re[k]! * re[k]! + im[k]! * im[k]!;
    output[b] = sum;
  }
}

/** Adds up a value that each bin has. */
export function bandSums(values: Float32Array, output: Float32Array): void {
  if (values.length !== BINS) throw new RangeError('one value per bin');
  for (let b = 0; b < BANDS; b++) {
    let sum = 0;
    for (let k = EDGES[b]!; k < EDGES[b + 1]!; k++) sum += values[k]!;
    output[b] = sum;
  }
}

/** What two spectra have in common, band by band: real and imaginary part of the sum of `a` times conjugate `b`. */
export function bandProducts(a: Spectrum, b: Spectrum, re: Float32Array, im: Float32Array): void {
  for (let band = 0; band < BANDS; band++) {
    let real = 0;
    let imaginary = 0;
    for (let k = EDGES[band]!; k < EDGES[band + 1]!; k++) {
      real += a.re[k]! * b.re[k]! + a.im[k]! * b.im[k]!;
      imaginary += a.im[k]! * b.re[k]! - a.re[k]! * b.im[k]!;
    }
    re[band] = real;
    im[band] = imaginary;
  }
}
