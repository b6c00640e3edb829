import { fromDb } from '../../level.ts';

export const RATE_HZ = 16_000;
export const FRAME_SAMPLES = 512;
export const FRAME_MS = 32;

/** White noise of this RMS level; the same for the same seed. */
export function noise(seconds: number, levelDb: number, seed = 1): Float32Array<ArrayBuffer> {
  let state = seed >>> 0;
  const amplitude = fromDb(levelDb) * Math.sqrt(3);
  return Float32Array.from({ length: Math.round(seconds * RATE_HZ) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return amplitude * (state / 2 ** 31 - 1);
  });
}

/** `sound` added in place from `atMs` on. */
export function mix(signal: Float32Array, sound: Float32Array, atMs: number): void {
  const at = Math.round((atMs * RATE_HZ) / 1000);
  for (let i = 0; i < sound.length; i++) signal[at + i]! += sound[i]!;
}

/** Whole frames of 512 samples, and where each ends. */
export function* framesOf(signal: Float32Array): Generator<{ frame: Float32Array; endSample: number }> {
  for (let end = FRAME_SAMPLES; end <= signal.length; end += FRAME_SAMPLES) {
    yield { frame: signal.subarray(end - FRAME_SAMPLES, end), endSample: end };
  }
}
