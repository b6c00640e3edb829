import { encodeWav } from '#dsp/wav';
import type { CallRecord } from '../call/run-call.ts';
import { LINE_RATE_HZ } from '../sound/line.ts';

/** A WAV file of the call: the caller on the left, the agent on the right. */
export function toStereoWav({ ticks }: CallRecord): Uint8Array<ArrayBuffer> {
  const tickSamples = ticks[0]?.audio.length ?? 0;
  const interleaved = new Int16Array(ticks.length * tickSamples * 2);
  let at = 0;
  for (const { caller, audio } of ticks) {
    for (let i = 0; i < tickSamples; i++) {
      interleaved[at++] = caller[i] ?? 0;
      interleaved[at++] = audio[i] ?? 0;
    }
  }
  return encodeWav(interleaved, LINE_RATE_HZ, 2);
}
