import type { VoiceBounds } from '../vad/voice.ts';
import type { ConfirmBounds } from './confirm-time.ts';

/** What browser and relay go by alike to tell when a turn begins and ends. Durations are of sound. */
export interface TurnTuning extends VoiceBounds, ConfirmBounds {
  /** Voice shorter than this is a click or a breath, not an utterance. */
  minSpeechMs: number;
  /** An utterance with less evidence of voice than this was noise or music, and is no turn … */
  minEvidenceMs: number;
  /** … or than this, unless the silence after it is so far below it. */
  minEvidenceInNoiseMs: number;
  standsAloneDb: number;
  /** Silence after which a sound too short to be an utterance is forgotten. */
  forgetMs: number;
  /** Silence after which the utterance is sent on the chance that it is over, and the end-of-turn model is asked. */
  speculateMs: number;
  /** Voice in a pause, or after it, that means the speaker goes on. */
  resumeMs: number;
  /** Voice over the answer that takes the floor for good. */
  bargeInMs: number;
  /** Likelihood of a cough or a hum from which on only a long one counts. */
  interjectionAt: number;
  /** How long a cough or a hum may last before it hushes the answer, and takes the floor. */
  maxInterjectionMs: number;
  /** Silence after a shorter sound over the answer, before the answer comes back. */
  restoreAfterMs: number;
}

export const TURN_TUNING: TurnTuning = {
  voiceOn: 0.5,
  voiceOff: 0.35,
  aboveFloorDb: 6,
  gateDb: -120,
  minSpeechMs: 96,
  minEvidenceMs: 32,
  // Music and noise that the detector takes for voice gather up to 179 in the recordings.
  minEvidenceInNoiseMs: 200,
  standsAloneDb: 20,
  forgetMs: 160,
  speculateMs: 200,
  minConfirmMs: 500,
  maxConfirmMs: 1_200,
  sureMs: 320,
  // A perfect judge still cuts off 9 % of the drawn pauses of `npm run rig` at 1200, 5.5 % at 1600, 4 % at 2000.
  unsureMs: 1_800,
  sureAt: 0.5,
  resumeMs: 64,
  bargeInMs: 320,
  interjectionAt: 0.5,
  // Of 121 real coughs 10 still stop an answer; at 500 it was 14.
  maxInterjectionMs: 600,
  restoreAfterMs: 200,
};
