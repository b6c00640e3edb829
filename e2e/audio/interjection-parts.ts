/** Two poles and a zero pair at the ends of the band: resounds at `hz` with about unit gain, and is deaf to the rest. */
export function resonator(hz: number, bandwidthHz: number, rateHz: number): (sample: number) => number {
  const radius = Math.exp((-Math.PI * bandwidthHz) / rateHz);
  const b = 2 * radius * Math.cos((2 * Math.PI * hz) / rateHz);
  const c = -radius * radius;
  const gain = (1 - radius * radius) / 2;
  let y1 = 0;
  let y2 = 0;
  let x1 = 0;
  let x2 = 0;
  return (sample) => {
    const y = gain * (sample - x2) + b * y1 + c * y2;
    x2 = x1;
    x1 = sample;
    y2 = y1;
    y1 = y;
    return y;
  };
}

/** White, from -1 to 1: mulberry32, seeded by FNV-1a over the name. */
export function seededNoise(name: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}
