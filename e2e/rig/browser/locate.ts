/** Where in a recording something known is to be heard. */
export interface Place {
  /** Sample of the recording at which it begins. */
  at: number;
  /** Normalized correlation there, 1 for the very same sound at any level. */
  likeness: number;
}

/** Samples skipped in the first, coarse search; one period of 2 kHz at 16 kHz, and the energy of speech lies below. */
const COARSE_STEP = 4;

/**
 * Finds `needle` in `hay` between the samples `from` and `to` (where it may begin), both at one rate. Exact to one
 * sample; the best place there is, so look at `likeness`.
 */
export function locate(needle: Float32Array, hay: Float32Array, from: number, to: number): Place {
  const first = Math.max(0, Math.round(from));
  const last = Math.min(hay.length - needle.length, Math.round(to));
  let best: Place = { at: first, likeness: 0 };
  const tryAt = (at: number, stride: number) => {
    const likeness = likenessAt(needle, hay, at, stride);
    if (likeness > best.likeness) best = { at, likeness };
  };
  for (let at = first; at <= last; at += COARSE_STEP) tryAt(at, 2);
  const { at: coarse } = best;
  best = { at: coarse, likeness: 0 };
  for (let at = Math.max(first, coarse - 8); at <= Math.min(last, coarse + 8); at++) tryAt(at, 1);
  return best;
}

/** Normalized correlation of `needle` with `hay` from `at` on, every `stride`-th sample; 0 where there is silence. */
export function likenessAt(needle: Float32Array, hay: Float32Array, at: number, stride = 1): number {
  let both = 0;
  let ofNeedle = 0;
  let ofHay = 0;
  for (let i = 0; i < needle.length; i += stride) {
    const a = needle[i] ?? 0;
    const b = hay[at + i] ?? 0;
    both += a * b;
    ofNeedle += a * a;
    ofHay += b * b;
  }
  const energy = Math.sqrt(ofNeedle * ofHay);
  return energy > 1e-9 ? both / energy : 0;
}

/** Level of the samples in dBFS, -120 for silence; what lies outside of the recording is silence. */
export function levelDb(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = Math.max(0, Math.round(from)); i < Math.min(samples.length, Math.round(to)); i++) {
    sum += (samples[i] ?? 0) ** 2;
  }
  return Math.max(-120, 10 * Math.log10(sum / Math.max(1, Math.round(to - from)) + 1e-12));
}
