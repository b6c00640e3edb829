/** One frame of the uplink is 20 ms, one of the downlink 100 ms, both PCM16LE mono at 24 kHz. */
export const RATE_HZ = 24_000;
export const UP_FRAMES_PER_SECOND = 50;
export const DOWN_FRAMES_PER_SECOND = 10;
/** So few that nearly all of the cost is the uplink's, and enough that the relay does not take an answer for stalled. */
export const SPARSE_DOWN_PER_SECOND = 1;
export const UP_BYTES = (2 * RATE_HZ) / UP_FRAMES_PER_SECOND;
export const DOWN_BYTES = (2 * RATE_HZ) / DOWN_FRAMES_PER_SECOND;

/** −66 dBFS: no voice, and not the zeros that something might be quick about. */
const NOISE_PEAK = 32;

/** The same noise each time, from a linear congruential generator. */
export function noise(bytes: number): Buffer {
  const pcm = Buffer.alloc(bytes);
  let state = 1;
  for (let at = 0; at + 1 < bytes; at += 2) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    pcm.writeInt16LE(Math.round((state / 2 ** 31 - 1) * NOISE_PEAK), at);
  }
  return pcm;
}
