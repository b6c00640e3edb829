import { floatToInt16, int16ToBytes } from '#dsp/pcm';
import { resample } from '#dsp/resampler';
import { generatedUtterance } from '../../../e2e/audio/recordings.ts';
import { toFloat } from '../../../e2e/audio/voice.ts';

export interface Spoken {
  pcm: Uint8Array;
  onsetMs: number;
  offsetMs: number;
}

const made = new Map<number, Promise<Spoken>>();

/** A sentence between silences, as PCM16LE. It ends with a vowel, which is there at every rate. */
export function spokenAt(rateHz: number): Promise<Spoken> {
  const spoken = made.get(rateHz) ?? speakAt(rateHz);
  made.set(rateHz, spoken);
  return spoken;
}

async function speakAt(rateHz: number): Promise<Spoken> {
  const text = 'Could you tell me where to go?';
  const { samples, onsetMs, offsetMs } = await generatedUtterance(text, { rateHz: 16_000, leadMs: 900, tailMs: 1_200 });
  const float = resample(toFloat(samples), 16_000, rateHz);
  const pcm = new Int16Array(float.length);
  floatToInt16(float, pcm);
  return { pcm: int16ToBytes(pcm), onsetMs, offsetMs };
}

/** 20 ms at a time, as clients send it. */
export function* piecesOf(pcm: Uint8Array, rateHz: number): Generator<Uint8Array> {
  for (let at = 0; at < pcm.length; at += rateHz / 25) yield pcm.subarray(at, at + rateHz / 25);
}
