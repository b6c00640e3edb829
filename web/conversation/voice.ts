import { LIMITS } from '#protocol';

/** A stretch of sound that holds voice, in samples since the microphone was first opened and in milliseconds. */
export interface Voice {
  /** First sample of the first voiced frame. */
  onsetSample: number;
  /** End of the last voiced frame. */
  lastVoicedSample: number;
  /** Sum of voiced frames. */
  voicedMs: number;
  /** Unbroken voice up to now; 0 in silence. */
  runMs: number;
  /** Silence since the last run that counted. */
  silentMs: number;
}

export interface HeardFrame {
  isVoiced: boolean;
  endSample: number;
}

export const FRAME_MS = (LIMITS.frameSamples * 1000) / LIMITS.inputRateHz;

export const toMs = (samples: number): number => (samples * 1000) / LIMITS.inputRateHz;
export const toSamples = (ms: number): number => Math.round((ms * LIMITS.inputRateHz) / 1000);

/** Adds one frame. A stretch begins with a voiced frame: `undefined` plus silence stays `undefined`. */
export function hear(voice: Voice | undefined, frame: HeardFrame): Voice | undefined {
  if (!frame.isVoiced) {
    return voice && { ...voice, runMs: 0, silentMs: toMs(frame.endSample - voice.lastVoicedSample) };
  }
  const startSample = frame.endSample - LIMITS.frameSamples;
  return {
    onsetSample: voice?.onsetSample ?? startSample,
    lastVoicedSample: frame.endSample,
    voicedMs: (voice?.voicedMs ?? 0) + FRAME_MS,
    runMs: (voice?.runMs ?? 0) + FRAME_MS,
    silentMs: 0,
  };
}
