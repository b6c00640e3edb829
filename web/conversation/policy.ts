import { LIMITS } from '#protocol';

/** Every tunable of turn taking. Durations are of sound, counted in samples, so a stalled thread changes nothing. */
export interface Policy {
  /** Probability that starts voice, and the lower one that ends it (a gap between them keeps it from flickering). */
  voiceOn: number;
  voiceOff: number;
  /** Voice shorter than this is a click or a breath, not an utterance. */
  minSpeechMs: number;
  /** Sound kept from before the first voiced frame: soft first syllables come before the detector is sure. */
  preRollMs: number;
  /** Silence after which a sound too short to be an utterance is forgotten. */
  forgetMs: number;
  /** Silence after which the utterance is sent on the chance that it is over. */
  speculateMs: number;
  maxSpeculations: number;
  /** Long monologues hold long pauses: no speculation in them. */
  maxSpeculativeUtteranceMs: number;
  /** Silence after which the turn is over for certain. */
  confirmMs: number;
  /** Voice in a pause, or after it, that means the speaker goes on. */
  resumeMs: number;
  maxUtteranceMs: number;
  duckDb: number;
  duckRampMs: number;
  /** Voice over the answer that stops it. */
  bargeInMs: number;
  /** Silence after a shorter sound over the answer, before the answer comes back. */
  restoreAfterMs: number;
  restoreRampMs: number;
  fadeMs: number;
  /** Without any sign of life of an answer for this long while connected, the turn has failed. */
  answerTimeoutMs: number;
  /** False: only push-to-talk opens a turn. */
  isAutomatic: boolean;
}

export const DEFAULT_POLICY: Policy = {
  voiceOn: 0.5,
  voiceOff: 0.35,
  minSpeechMs: 96,
  preRollMs: 500,
  forgetMs: 160,
  speculateMs: 200,
  maxSpeculations: 3,
  maxSpeculativeUtteranceMs: 10_000,
  // Pauses of 600 ms inside a sentence are common in the labelled recordings, of 900 ms rare; tuned with speculateMs:
  // with a server whose first audio takes 500 ms the wait costs the listener nothing.
  confirmMs: 700,
  resumeMs: 64,
  maxUtteranceMs: LIMITS.maxUtteranceMs,
  duckDb: -12,
  duckRampMs: 20,
  bargeInMs: 250,
  restoreAfterMs: 200,
  // Back at full level within 400 ms of the decision to go on.
  restoreRampMs: 300,
  fadeMs: 20,
  // Longer than the relay's own patience with any upstream (30 s for the audio of one that sends it late), so that the
  // relay's reason wins.
  answerTimeoutMs: 35_000,
  isAutomatic: true,
};
