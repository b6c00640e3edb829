import { fromDb, rmsDbfs } from '#dsp/level';
import { int16ToFloat, floatToInt16 } from '#dsp/pcm';
import { resample } from '#dsp/resampler';
import { FRAME_SAMPLES, LINE_RATE_HZ, toSamples, type LineSound } from './line.ts';

/** What people on a headset come in at, and what recorded test material is levelled to. */
export const SPEECH_LEVEL_DBFS = -26;
/** A frame of the agent at or above this is heard as sound. */
export const AUDIBLE_DBFS = -50;
/** Below the loudest stretch by this much, it is no longer part of the speech. */
const SPEECH_RANGE_DB = 35;
const EDGE_SAMPLES = toSamples(5);

export function toFloat(samples: Int16Array): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(samples.length);
  int16ToFloat(samples, floats);
  return floats;
}

export function toInt16(samples: Float32Array): LineSound {
  const converted = new Int16Array(samples.length);
  floatToInt16(samples, converted);
  return converted;
}

/** Speech as a caller says it: at the rate of the line, without the silence around it, at SPEECH_LEVEL_DBFS. */
export function toLineSpeech(samples: Int16Array, rateHz: number): Float32Array<ArrayBuffer> {
  const speech = trimmed(resample(toFloat(samples), rateHz, LINE_RATE_HZ));
  return atLevel(speech, SPEECH_LEVEL_DBFS);
}

/** The same sound at this level over all. */
export function atLevel(sound: Float32Array, levelDb: number): Float32Array<ArrayBuffer> {
  const gain = fromDb(levelDb - rmsDbfs(sound));
  return Float32Array.from(sound, (sample) => sample * gain);
}

/** Whether each frame is loud enough to be heard. */
export function audibleFrames(sound: Int16Array): boolean[] {
  const floats = toFloat(sound);
  return Array.from(
    { length: Math.floor(floats.length / FRAME_SAMPLES) },
    (_, i) => rmsDbfs(floats.subarray(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES)) >= AUDIBLE_DBFS,
  );
}

function trimmed(sound: Float32Array): Float32Array {
  const levels = Array.from({ length: Math.floor(sound.length / EDGE_SAMPLES) }, (_, i) =>
    rmsDbfs(sound.subarray(i * EDGE_SAMPLES, (i + 1) * EDGE_SAMPLES)),
  );
  const threshold = levels.reduce((max, level) => Math.max(max, level), AUDIBLE_DBFS) - SPEECH_RANGE_DB;
  const isSpeech = (level: number): boolean => level >= threshold;
  const first = levels.findIndex(isSpeech);
  if (first < 0) throw new RangeError('there is nothing to be heard in this sound');
  return sound.subarray(first * EDGE_SAMPLES, (levels.findLastIndex(isSpeech) + 1) * EDGE_SAMPLES);
}
