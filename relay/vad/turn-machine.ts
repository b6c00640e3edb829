import { toCalibrated } from '#models/calibrated';
import { learn, TYPICAL_PAUSES, type Pauses } from '#models/end-of-turn/pauses';
import { TURN_TUNING as TUNING } from '#models/end-of-turn/turn-tuning';
import { SILERO } from '#models/vad/silero';
import { FRAME_MS, hear, isVoice, silenceAt, toMs, toSamples, type Voice } from '#models/vad/voice';
import type { TurnSignal } from './turn-detection.ts';
import type { TurnRules } from './turn-rules.ts';

/** What is measured of one frame of 512 samples. Positions and lengths in samples at 16 kHz. */
export interface Hearing {
  /** That it holds voice, as the network says. */
  probability: number;
  endSample: number;
  levelDb: number;
  floorDb: number;
  lastLoudSample: number;
  /** Where the sound began that it belongs to. */
  soundOnsetSample: number;
  /** Likelihood that the sound is a cough or a hum. */
  interjection: number;
}

/** Behind the last loud moment: the breath at the end of a word, which is no loud moment any more. */
const TAIL_SAMPLES = toSamples(160);
/** The network is later than the onset of a sound by at most this much; what is older is the noise of the room. */
const MAX_LEAD_SAMPLES = toSamples(256);
const NOTHING: readonly TurnSignal[] = [];

/** Tells when one speaker's turns begin and end, from frame to frame; no clock but the sound itself. */
export class TurnMachine {
  #rules: TurnRules;
  #isAnswering = false;
  #isVoiced = false;
  #phase: 'silent' | 'speaking' | 'paused' = 'silent';
  /** Of the turn; in silence, of what may become one. */
  #voice: Voice | undefined;
  #onsetSample = 0;
  /** What the pause was told with, and where the voice before it ended. */
  #endSample = 0;
  #voiceEndSample = -Infinity;
  #judged: number | undefined;
  #pauses: Pauses = TYPICAL_PAUSES;
  /** Nothing before it belongs to a turn. */
  #fromSample = 0;

  constructor(rules: TurnRules) {
    this.#rules = rules;
  }

  set rules(rules: TurnRules) {
    this.#rules = rules;
  }

  set isAnswering(isAnswering: boolean) {
    this.#isAnswering = isAnswering;
  }

  /** The next voice begins a new turn. */
  restart(fromSample: number): void {
    this.#phase = 'silent';
    this.#voice = undefined;
    this.#fromSample = fromSample;
  }

  /** A turn is under way whose beginning somebody else heard. */
  takeUp(fromSample: number): void {
    this.#phase = 'speaking';
    this.#voice = silenceAt(fromSample);
    this.#fromSample = fromSample;
  }

  /** What the model makes of the pause that was told with this `endSample`; too late for any other. */
  judge(endSample: number, judged: number): void {
    if (this.#phase === 'paused' && endSample === this.#endSample) this.#judged = judged;
  }

  /** Signals in order; positions are samples at 16 kHz. */
  hear(hearing: Hearing): readonly TurnSignal[] {
    // One machine for every threshold: 0.5 is the one that was asked for.
    const probability = toCalibrated(hearing.probability, this.#rules.threshold);
    this.#isVoiced = isVoice(TUNING, this.#isVoiced, { ...hearing, probability });
    if (this.#phase === 'silent' && !this.#voice && !this.#isVoiced) return NOTHING;
    const voice = hear(this.#voice, { ...hearing, probability, isVoiced: this.#isVoiced });
    if (!voice) return NOTHING;
    switch (this.#phase) {
      case 'silent':
        return this.#listen(voice, hearing);
      case 'speaking':
        return this.#follow(voice, hearing);
      case 'paused':
        return this.#wait(voice, hearing);
    }
  }

  #listen(voice: Voice, hearing: Hearing): readonly TurnSignal[] {
    if (!this.#voice) this.#onsetSample = voice.onsetSample;
    if (isItsOnset(hearing, voice)) this.#onsetSample = hearing.soundOnsetSample;
    this.#voice = voice;
    if (voice.silentMs >= (this.#isAnswering ? TUNING.restoreAfterMs : TUNING.forgetMs)) {
      this.#voice = undefined;
      return NOTHING;
    }
    if (!this.#isVoiced || !this.#isSpeech(voice, hearing)) return NOTHING;
    this.#phase = 'speaking';
    this.#onsetSample = Math.max(this.#fromSample, this.#onsetSample);
    this.#pauses = learn(this.#pauses, toMs(this.#onsetSample - this.#voiceEndSample));
    return [{ kind: 'started', startSample: this.#onsetSample }];
  }

  /** A word stands alone in silence; in noise, and over an answer, it takes more to be sure. */
  #isSpeech({ voicedMs, evidenceMs, peakDb }: Voice, { floorDb, interjection }: Hearing): boolean {
    if (this.#isAnswering) {
      return voicedMs >= (interjection >= TUNING.interjectionAt ? TUNING.maxInterjectionMs : TUNING.bargeInMs);
    }
    const standsAlone = peakDb - floorDb >= TUNING.standsAloneDb;
    const neededMs = standsAlone ? TUNING.minEvidenceMs : TUNING.minEvidenceInNoiseMs;
    return voicedMs >= TUNING.minSpeechMs && evidenceMs >= neededMs;
  }

  #follow(voice: Voice, hearing: Hearing): readonly TurnSignal[] {
    this.#voice = voice;
    // Decided on the frame that ends nearest to the time, not on the first one after it.
    if (voice.silentMs + FRAME_MS / 2 < this.#rules.pauseMs) return NOTHING;
    this.#phase = 'paused';
    this.#judged = undefined;
    this.#voiceEndSample = voice.endSample;
    this.#endSample = Math.min(hearing.endSample, voice.endSample + TAIL_SAMPLES);
    return [{ kind: 'paused', endSample: this.#endSample }, ...this.#stopIfDue(voice, hearing)];
  }

  #wait(voice: Voice, hearing: Hearing): readonly TurnSignal[] {
    const before = this.#voice ?? voice;
    if (voice.runMs >= TUNING.resumeMs) {
      this.#phase = 'speaking';
      this.#pauses = learn(this.#pauses, toMs(voice.lastVoicedSample - before.endSample) - voice.runMs);
      this.#voice = voice;
      return [{ kind: 'resumed' }];
    }
    // A blip shorter than that does not start the silence anew, or every click would delay the end.
    this.#voice = { ...voice, lastVoicedSample: before.lastVoicedSample, endSample: before.endSample };
    return this.#isVoiced ? NOTHING : this.#stopIfDue(this.#voice, hearing);
  }

  #stopIfDue({ endSample }: Voice, hearing: Hearing): readonly TurnSignal[] {
    const silentMs = toMs(hearing.endSample - endSample) + FRAME_MS / 2;
    if (silentMs < this.#rules.stopMs(this.#pauses, this.#judged)) return NOTHING;
    this.#phase = 'silent';
    this.#voice = undefined;
    return [{ kind: 'stopped', endSample: this.#endSample }];
  }
}

/** Whether the sound began with the voice; it is known a frame later where it did so in the middle of one. */
const isItsOnset = ({ soundOnsetSample }: Hearing, { onsetSample }: Voice): boolean =>
  soundOnsetSample > onsetSample - MAX_LEAD_SAMPLES && soundOnsetSample < onsetSample + SILERO.frameSamples;
