import { TURN_TUNING, type TurnTuning } from '#models/end-of-turn/turn-tuning';
import { LIMITS } from '#protocol';

/** Every tunable of turn taking. Durations are of sound, counted in samples, so a stalled thread changes nothing. */
export interface Policy extends TurnTuning {
  /** Frames that are likelier than this to be our own loudspeaker are not voice. */
  maxEcho: number;
  /** Sound kept from before the first voiced frame: soft first syllables come before the detector is sure. */
  preRollMs: number;
  /** The same before a key or button is held down, which says plainly when listening begins. */
  heldPreRollMs: number;
  maxSpeculations: number;
  /** Long monologues hold long pauses: no speculation in them. */
  maxSpeculativeUtteranceMs: number;
  maxUtteranceMs: number;
  duckDb: number;
  duckRampMs: number;
  /** Voice over the answer that hushes it: it stands still at its sample, and may yet go on there. */
  hushMs: number;
  restoreRampMs: number;
  fadeMs: number;
  /** The first answer cannot be interrupted by voice for at most so long, while nothing is known of its echo. */
  protectMs: number;
  /** True: voice does not count while an answer plays. */
  isHalfDuplex: boolean;
  hasCues: boolean;
  /** Words that stop an answer however short they are. */
  stopPhrases: readonly string[];
  /** Silence after an answer before the speaker is asked whether they are still there; 0: never. */
  nudgeAfterMs: number;
  /** Without any sign of life of an answer for this long while connected, the turn has failed. */
  answerTimeoutMs: number;
  /** False: only push-to-talk opens a turn. */
  isAutomatic: boolean;
}

export const DEFAULT_POLICY: Policy = {
  ...TURN_TUNING,
  maxEcho: 0.5,
  preRollMs: 500,
  heldPreRollMs: 100,
  maxSpeculations: 3,
  maxSpeculativeUtteranceMs: 10_000,
  maxUtteranceMs: LIMITS.maxUtteranceMs,
  duckDb: -12,
  duckRampMs: 8,
  hushMs: 128,
  // Back at full level within 400 ms of the end of what was no interruption.
  restoreRampMs: 100,
  fadeMs: 10,
  // A path of echo is found within 2.5 s of the first sound; where nothing comes back, the first cue shows it.
  protectMs: 2_500,
  isHalfDuplex: false,
  hasCues: false,
  stopPhrases: [],
  nudgeAfterMs: 0,
  // Longer than the relay's own patience with any upstream (30 s for the audio of one that sends it late), so that the
  // relay's reason wins.
  answerTimeoutMs: 35_000,
  isAutomatic: true,
};
