/** Peak, about -12 dBFS: clearly there, softer than speech. */
const PEAK = 0.25;
const FADE_MS = 40;
/** A falling fourth, the way one says "I heard". */
const TONES = [
  { hz: 660, ms: 160 },
  { hz: 495, ms: 190 },
] as const;

/** Two soft tones, 350 ms, that keep an echo from being taken for somebody speaking. PCM16LE mono. */
export function prefaceTones(rateHz: number): Buffer {
  const lengths = TONES.map(({ ms }) => Math.round((ms * rateHz) / 1000));
  const pcm = Buffer.alloc(2 * lengths.reduce((sum, length) => sum + length, 0));
  const fadeSamples = (FADE_MS * rateHz) / 1000;
  let at = 0;
  for (const [i, { hz }] of TONES.entries()) {
    const length = lengths[i] ?? 0;
    for (let n = 0; n < length; n++) {
      const edge = Math.min(1, n / fadeSamples, (length - 1 - n) / fadeSamples);
      const fade = 0.5 - 0.5 * Math.cos(Math.PI * edge);
      pcm.writeInt16LE(Math.round(32767 * PEAK * fade * Math.sin((2 * Math.PI * hz * n) / rateHz)), at);
      at += 2;
    }
  }
  return pcm;
}
