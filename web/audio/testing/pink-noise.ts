/**
 * Noise that falls by 3 dB an octave, like that of a room, about 0.2 at its peaks; the same samples each time. White
 * noise through the three-pole filter published by Paul Kellet ("economy" version, within 0.5 dB).
 */
export function pinkNoise(samples: number): Float32Array<ArrayBuffer> {
  let seed = 1;
  let slow = 0;
  let middle = 0;
  let fast = 0;
  return Float32Array.from({ length: samples }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    const white = seed / 2 ** 31;
    slow = 0.99765 * slow + 0.099046 * white;
    middle = 0.963 * middle + 0.2965164 * white;
    fast = 0.57 * fast + 1.0526913 * white;
    return 0.05 * (slow + middle + fast + 0.1848 * white);
  });
}
