import { SILERO } from './silero.ts';

/** A stretch of sound that holds voice, in samples at 16 kHz since listening began and in milliseconds. */
export interface Voice {
  /** First sample of the first voiced frame. */
  onsetSample: number;
  /** End of the last voiced frame. */
  lastVoicedSample: number;
  /** Where the voice in it really ended: the detector lets go of a voice some 70 ms after it is over. */
  endSample: number;
  /** Sum of voiced frames. */
  voicedMs: number;
  /** The same, each frame weighed by how far it is from doubtful: music and noise gather little. */
  evidenceMs: number;
  /** Loudest voiced frame, dBFS. */
  peakDb: number;
  /** Unbroken voice up to now; 0 in silence. */
  runMs: number;
  /** Silence since `endSample`; also in voiced frames, while the detector has not let go yet. */
  silentMs: number;
}

export interface HeardFrame {
  /** That it holds voice; 0.5 is as good as a guess. */
  probability: number;
  isVoiced: boolean;
  endSample: number;
  /** End of the last loud moment (a few milliseconds) up to here: where a voice really ended, finer than frames. */
  lastLoudSample: number;
  levelDb: number;
}

export const FRAME_MS = (SILERO.frameSamples * 1000) / SILERO.rateHz;

export const toMs = (samples: number): number => (samples * 1000) / SILERO.rateHz;
export const toSamples = (ms: number): number => Math.round((ms * SILERO.rateHz) / 1000);

/**
 * The detector lags behind the end of a voice by at most this much; loudness is not believed beyond it, for a voice may
 * be quieter than its room.
 */
const MAX_TAIL_SAMPLES = toSamples(128);

/** Adds one frame. A stretch begins with a voiced frame: `undefined` plus silence stays `undefined`. */
export function hear(voice: Voice | undefined, frame: HeardFrame): Voice | undefined {
  if (!frame.isVoiced) {
    return voice && { ...voice, runMs: 0, silentMs: toMs(frame.endSample - voice.endSample) };
  }
  const startSample = frame.endSample - SILERO.frameSamples;
  const loudSample = Math.min(frame.endSample, Math.max(frame.lastLoudSample, frame.endSample - MAX_TAIL_SAMPLES));
  const endSample = Math.max(voice?.endSample ?? startSample, loudSample);
  return {
    onsetSample: voice?.onsetSample ?? startSample,
    lastVoicedSample: frame.endSample,
    endSample,
    voicedMs: (voice?.voicedMs ?? 0) + FRAME_MS,
    evidenceMs: (voice?.evidenceMs ?? 0) + Math.max(0, 2 * frame.probability - 1) * FRAME_MS,
    peakDb: Math.max(voice?.peakDb ?? -Infinity, frame.levelDb),
    runMs: (voice?.runMs ?? 0) + FRAME_MS,
    silentMs: toMs(frame.endSample - endSample),
  };
}

/** The moment push-to-talk goes down: no voice yet, and nothing of before counts. */
export const silenceAt = (sample: number): Voice => ({
  onsetSample: sample,
  lastVoicedSample: sample,
  endSample: sample,
  voicedMs: 0,
  evidenceMs: 0,
  peakDb: -Infinity,
  runMs: 0,
  silentMs: 0,
});

/** When a frame counts as voice. */
export interface VoiceBounds {
  /** Probability that starts voice, and the lower one that ends it (a gap between them keeps it from flickering). */
  voiceOn: number;
  voiceOff: number;
  /** Voice has to stand out from the room by this much to start. */
  aboveFloorDb: number;
  /** Voice has to be louder than this to start (dBFS). */
  gateDb: number;
}

/** With hysteresis: to start it takes more than to go on. */
export const isVoice = (
  bounds: VoiceBounds,
  wasVoice: boolean,
  frame: { probability: number; levelDb: number; floorDb: number },
): boolean =>
  wasVoice
    ? frame.probability >= bounds.voiceOff
    : frame.probability >= bounds.voiceOn &&
      frame.levelDb >= bounds.gateDb &&
      frame.levelDb - frame.floorDb >= bounds.aboveFloorDb;
