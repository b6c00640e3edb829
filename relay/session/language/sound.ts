import { LIMITS } from '#protocol';

const FRAME_SAMPLES = LIMITS.inputRateHz / 50;
/** Quieter than a whisper close to a microphone, louder than a room at rest behind a noise suppressor. */
const LOUD_DB = -50;

/** How much there was to hear in an utterance. */
export interface Sound {
  durationMs: number;
  /** Of it, in which something louder than a quiet room was heard. */
  loudMs: number;
}

/** `pcm`: PCM16LE mono at LIMITS.inputRateHz, as many whole frames of 20 ms as there are. */
export function soundOf(pcm: Uint8Array): Sound {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const samples = pcm.length >> 1;
  const loudSum = FRAME_SAMPLES * 10 ** (LOUD_DB / 10) * 32768 ** 2;
  let loudFrames = 0;
  for (let start = 0; start + FRAME_SAMPLES <= samples; start += FRAME_SAMPLES) {
    let sum = 0;
    for (let i = start; i < start + FRAME_SAMPLES; i++) sum += view.getInt16(2 * i, true) ** 2;
    if (sum >= loudSum) loudFrames++;
  }
  return { durationMs: (samples / LIMITS.inputRateHz) * 1000, loudMs: loudFrames * 20 };
}
