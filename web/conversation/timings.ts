/**
 * Where the time between the end of the voice and the first audible sample of the answer went, in milliseconds.
 * `waitMs + networkMs + modelMs + holdMs + bufferMs = totalMs`.
 */
export interface TurnTimings {
  /** Silence before the utterance was sent (to be sure enough that it might be over). */
  waitMs: number;
  /** Both ways between browser and relay, and the relay itself. */
  networkMs: number;
  /** The upstream's time to first audio, as the relay saw it, and the silence its audio begins with. */
  modelMs: number;
  /** The answer was there but the end of the turn not yet certain. */
  holdMs: number;
  /** Jitter buffer and sound device. */
  bufferMs: number;
  /** At the ear. */
  totalMs: number;
}

/** Instants on one monotonic clock, in milliseconds. */
export interface TurnInstants {
  voiceEndMs: number;
  committedMs: number;
  confirmedMs: number;
  firstAudioMs: number;
  audibleMs: number;
  /** Silence at the beginning of the answer's audio: the model's doing, not the player's. */
  leadMs: number;
  /** The upstream's time to first audio reported by the relay. */
  modelMs: number;
}

export function toTimings(at: TurnInstants): TurnTimings {
  const arrivedMs = at.firstAudioMs - at.committedMs;
  const modelMs = Math.min(Math.max(at.modelMs, 0), Math.max(arrivedMs, 0));
  const readyMs = Math.max(at.firstAudioMs, at.confirmedMs);
  return {
    waitMs: at.committedMs - at.voiceEndMs,
    networkMs: arrivedMs - modelMs,
    modelMs: modelMs + at.leadMs,
    holdMs: readyMs - at.firstAudioMs,
    bufferMs: at.audibleMs - at.leadMs - readyMs,
    totalMs: at.audibleMs - at.voiceEndMs,
  };
}
