import { RealFft } from '../real-fft.ts';

/** Deterministic signals and rooms for tests of echo. */

export const RATE_HZ = 16_000;

/** White noise in [-1, 1], the same for the same seed. */
export function noise(samples: number, seed: number): Float32Array<ArrayBuffer> {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return Float32Array.from({ length: samples }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  });
}

/** An impulse response: the direct sound, then noise that decays by 60 dB in `rt60Ms`. Its energy is 1. */
export function roomResponse(rt60Ms: number, seed: number): Float32Array<ArrayBuffer> {
  const samples = Math.round((rt60Ms * RATE_HZ) / 1000);
  const tail = noise(samples, seed);
  const response = tail.map((x, i) => (i === 0 ? 1 : 0.12 * x * 10 ** ((-3 * i) / samples)));
  const energy = response.reduce((sum, x) => sum + x * x, 0);
  return response.map((x) => x / Math.sqrt(energy));
}

/** `signal` as it sounds in a room, `delaySamples` later; as long as the signal. */
export function convolve(
  signal: Float32Array,
  response: Float32Array,
  delaySamples: number,
): Float32Array<ArrayBuffer> {
  const samples = 2 ** Math.ceil(Math.log2(signal.length + response.length + delaySamples));
  const fft = new RealFft(samples);
  const padded = new Float32Array(samples);
  padded.set(signal);
  const a = fft.createSpectrum();
  fft.forward(padded, a);
  padded.fill(0);
  padded.set(response, delaySamples);
  const b = fft.createSpectrum();
  fft.forward(padded, b);
  for (let k = 0; k < fft.bins; k++) {
    const re = a.re[k]! * b.re[k]! - a.im[k]! * b.im[k]!;
    a.im[k] = a.re[k]! * b.im[k]! + a.im[k]! * b.re[k]!;
    a.re[k] = re;
  }
  fft.inverse(a, padded);
  return padded.slice(0, signal.length);
}
