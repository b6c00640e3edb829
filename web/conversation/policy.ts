import { LIMITS } from '#protocol';

/** Every tunable of turn taking. Durations are of sound, counted in samples, so a stalled thread changes nothing. */
export interface Policy {
  /** Probability that starts voice, and the lower one that ends it (a gap between them keeps it from flickering). */
  voiceOn: number;
  voiceOff: number;
  /** Voice has to stand out from the room by this much to start. */
  aboveFloorDb: number;
  /** Voice has to be louder than this to start (dBFS). */
  gateDb: number;
  /** Frames that are likelier than this to be our own loudspeaker are not voice. */
  maxEcho: number;
  /** Voice shorter than this is a click or a breath, not an utterance. */
  minSpeechMs: number;
  /** An utterance with less evidence of voice than this was noise or music, and is no turn … */
  minEvidenceMs: number;
  /** … or than this, unless the silence after it is so far below it. */
  minEvidenceInNoiseMs: number;
  standsAloneDb: number;
  /** Sound kept from before the first voiced frame: soft first syllables come before the detector is sure. */
  preRollMs: number;
  /** The same before a key or button is held down, which says plainly when listening begins. */
  heldPreRollMs: number;
  /** Silence after which a sound too short to be an utterance is forgotten. */
  forgetMs: number;
  /** Silence after which the utterance is sent on the chance that it is over, and the end-of-turn model is asked. */
  speculateMs: number;
  maxSpeculations: number;
  /** Long monologues hold long pauses: no speculation in them. */
  maxSpeculativeUtteranceMs: number;
  /** Bounds of the silence after which the turn is over for certain; learned from the speaker's own pauses. */
  minConfirmMs: number;
  maxConfirmMs: number;
  /** The same when the end-of-turn model is sure that it is over; the surer that it is not, the nearer to the other. */
  sureMs: number;
  unsureMs: number;
  /** The judgement from which on it is sure; 0.5 is the model's own threshold for the speaker's language. */
  sureAt: number;
  /** Voice in a pause, or after it, that means the speaker goes on. */
  resumeMs: number;
  maxUtteranceMs: number;
  duckDb: number;
  duckRampMs: number;
  /** Voice over the answer that hushes it: it stands still at its sample, and may yet go on there. */
  hushMs: number;
  /** Voice over the answer that takes the floor for good. */
  bargeInMs: number;
  /** Likelihood of a cough or a hum from which on only a long one counts. */
  interjectionAt: number;
  /** How long a cough or a hum may last before it hushes the answer, and takes the floor. */
  maxInterjectionMs: number;
  /** Silence after a shorter sound over the answer, before the answer comes back. */
  restoreAfterMs: number;
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
  voiceOn: 0.5,
  voiceOff: 0.35,
  aboveFloorDb: 6,
  gateDb: -120,
  maxEcho: 0.5,
  minSpeechMs: 96,
  minEvidenceMs: 32,
  // Music and noise that the detector takes for voice gather up to 179 in the recordings.
  minEvidenceInNoiseMs: 200,
  standsAloneDb: 20,
  preRollMs: 500,
  heldPreRollMs: 100,
  forgetMs: 160,
  speculateMs: 200,
  maxSpeculations: 3,
  maxSpeculativeUtteranceMs: 10_000,
  minConfirmMs: 500,
  maxConfirmMs: 1_200,
  sureMs: 320,
  // A perfect judge still cuts off 9 % of the drawn pauses of `npm run rig` at 1200, 5.5 % at 1600, 4 % at 2000.
  unsureMs: 1_800,
  sureAt: 0.5,
  resumeMs: 64,
  maxUtteranceMs: LIMITS.maxUtteranceMs,
  duckDb: -12,
  duckRampMs: 8,
  hushMs: 128,
  bargeInMs: 320,
  interjectionAt: 0.5,
  // Of 121 real coughs 10 still stop an answer; at 500 it was 14.
  maxInterjectionMs: 600,
  restoreAfterMs: 200,
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
