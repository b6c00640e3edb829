/** -60 dBFS: what a microphone in a silent room stays below. */
const QUIET = 33;

/** Whether any of these samples (PCM16LE) is more than silence. */
export function holdsSound(pcm: Uint8Array): boolean {
  for (let i = 0; i + 1 < pcm.length; i += 2) {
    const sample = (((pcm[i + 1] ?? 0) << 24) >> 16) | (pcm[i] ?? 0);
    if (sample > QUIET || sample < -QUIET) return true;
  }
  return false;
}
