const RATE_HZ = 16_000;

/** How a made-up utterance ends: it fades with a falling voice, goes on to the end, or breaks off at full level. */
export type Ending = 'fades' | 'goes-on' | 'breaks-off';

/** Three seconds of a voice-like sound (120 Hz and its overtones), the last 300 ms of it a pause unless it goes on. */
export function utteranceThat(ending: Ending): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(3 * RATE_HZ);
  const pauseAt = ending === 'goes-on' ? Infinity : samples.length - 0.3 * RATE_HZ;
  let phase = 0;
  for (let i = 0; i < samples.length; i++) {
    const untilPauseS = (pauseAt - i) / RATE_HZ;
    // Over its last 400 ms the voice falls by a third and fades by 60 dB.
    const fall = ending === 'fades' ? Math.min(1, Math.max(0, 1 - untilPauseS / 0.4)) : 0;
    phase += (2 * Math.PI * 120 * (1 - fall / 3)) / RATE_HZ;
    const level = i < pauseAt ? 0.3 * 10 ** ((-60 * fall) / 20) : 0;
    let wave = 0;
    for (let overtone = 1; overtone <= 12; overtone++) wave += Math.sin(overtone * phase) / overtone ** (1 + fall);
    // The quiet hiss of a room.
    samples[i] = level * 0.5 * wave + 1e-4 * Math.sin(i * i * 0.37);
  }
  return samples;
}
