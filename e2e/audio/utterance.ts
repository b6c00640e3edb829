import { resample } from '#dsp/resampler';
import { speak, toFloat, toInt16 } from './voice.ts';
import type { Recording } from './wav.ts';

export interface UtteranceOptions {
  rateHz: number;
  /** Room tone before and after the speech. */
  leadMs: number;
  tailMs: number;
}

/** One stretch of speech and where in the recording it truly is. */
export interface Utterance extends Recording {
  transcript: string;
  onsetMs: number;
  offsetMs: number;
}

/** The levels of the recorded test material, so that both kinds exercise the same thresholds. */
const SPEECH_LEVEL_DBFS = -26;
const ROOM_TONE_DBFS = -66;
/** Below the loudest frame by this much, a frame is no longer part of the speech. */
const SPEECH_RANGE_DB = 35;
const FRAME_MS = 5;

/** An utterance made here, so that tests need no recordings: speech at -26 dBFS in room tone at -66 dBFS. */
export async function generatedUtterance(
  text: string,
  { rateHz, leadMs, tailMs }: UtteranceOptions,
): Promise<Utterance> {
  const speech = await speak(text);
  const clean = trim(resample(toFloat(speech.samples), speech.rateHz, rateHz), rateHz);
  const leadSamples = Math.round((leadMs * rateHz) / 1000);
  const tailSamples = Math.round((tailMs * rateHz) / 1000);
  const gain = 10 ** (SPEECH_LEVEL_DBFS / 20) / rootMeanSquare(clean);
  const samples = roomTone(leadSamples + clean.length + tailSamples);
  for (const [i, sample] of clean.entries()) samples[leadSamples + i]! += sample * gain;
  return {
    samples: toInt16(samples),
    rateHz,
    transcript: text,
    onsetMs: (leadSamples * 1000) / rateHz,
    offsetMs: ((leadSamples + clean.length) * 1000) / rateHz,
  };
}

/** What is left without the silence before and after, by the energy of short frames. */
function trim(samples: Float32Array, rateHz: number): Float32Array {
  const frameSamples = Math.round((FRAME_MS * rateHz) / 1000);
  const levels = Array.from({ length: Math.floor(samples.length / frameSamples) }, (_, i) =>
    rootMeanSquare(samples.subarray(i * frameSamples, (i + 1) * frameSamples)),
  );
  const threshold = Math.max(...levels) * 10 ** (-SPEECH_RANGE_DB / 20);
  const isSpeech = (level: number) => level >= threshold;
  const first = levels.findIndex(isSpeech);
  const last = levels.findLastIndex(isSpeech);
  if (!(threshold > 0)) throw new Error('nothing audible was synthesized');
  return samples.subarray(first * frameSamples, (last + 1) * frameSamples);
}

function rootMeanSquare(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));
}

/** White, from a fixed linear congruential sequence: the same in every run. */
function roomTone(length: number): Float32Array<ArrayBuffer> {
  let state = 1;
  const amplitude = 10 ** (ROOM_TONE_DBFS / 20) * Math.sqrt(3);
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return amplitude * (state / 2 ** 31 - 1);
  });
}
