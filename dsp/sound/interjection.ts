import { SoundHistory, type SoundSummary } from './sound-history.ts';
import { SoundShaper } from './sound-shape.ts';

const FRAME_SAMPLES = 512;
const VOICE_ON = 0.5;
const VOICE_OFF = 0.35;
/** 256 ms without voice: whatever comes next is another sound. */
const QUIET_FRAMES = 8;
/** Sound this long before the voice in it belongs to it: the burst of a cough is no voice yet. */
const LEAD_FRAMES = 3;
/** Beyond it the onset is that of the noise of the room, and tells nothing. */
const LONGEST_LAG_FRAMES = 8;
const UNKNOWN_LAG_FRAMES = 1.5;

/** How a feature is spread among the beginnings of speech, and how much a deviation speaks for an interjection. */
interface Trait {
  of: keyof Traits;
  mean: number;
  deviation: number;
  weight: number;
}

interface Traits extends SoundSummary {
  /** From the onset of the sound to its first voiced frame. */
  lagFrames: number;
  probability: number;
}

interface Model {
  traits: readonly Trait[];
  /** Where both are as likely: about 2 % of the beginnings of speech score higher. */
  evenScore: number;
}

/**
 * A cough begins at its loudest and dies away, hisses, keeps its spectrum, and takes a while to be heard as voice; the
 * beginning of words swells, rings and moves. Each trait counts the same: how far it lies from the mean of speech.
 *
 * Means and deviations are of 193 beginnings of speech (words, sentences in five languages, after pauses, some in noise)
 * after 192 ms of voice. No recorded cough was used to set them or to choose a weight, so that those can judge it: of 90
 * that are voice to the detector for that long (Virufy's open set, Chaudhari et al., arXiv:2011.13320), 77 are told, and
 * of 367 beginnings of speech 13 are taken for an interjection.
 */
const COUGH: Model = {
  traits: [
    { of: 'attackDb', mean: -22, deviation: 10.2, weight: 1 },
    { of: 'decayDb', mean: -7.3, deviation: 8.3, weight: -1 },
    { of: 'movementDb', mean: 4.1, deviation: 2.26, weight: -1 },
    { of: 'periodicity', mean: 0.72, deviation: 0.12, weight: -1 },
    { of: 'probability', mean: 0.93, deviation: 0.076, weight: -1 },
    { of: 'lagFrames', mean: 1.1, deviation: 1.3, weight: 1 },
  ],
  evenScore: 2.2,
};

/**
 * A hum is a voice behind closed lips: little above the first formants, and nothing moves, which counts more because the
 * voices of speech synthesizers are dull as well. The even score lies midway between them and generated hums.
 */
const HUM: Model = {
  traits: [
    { of: 'above2kHzDb', mean: -18.6, deviation: 5.6, weight: -1 },
    { of: 'loudMovementDb', mean: 3.1, deviation: 2.3, weight: -1.5 },
  ],
  evenScore: 2.05,
};

/** No single trait may decide. */
const MOST_DEVIATIONS = 2.5;
const STEEPNESS = 4;

/**
 * Likelihood that the sound up to now is a cough, a cleared throat or a hum ("mm-hm") and not the beginning of words,
 * from a tenth of a second of voice on. It changes with every frame: "mmm-well" is a hum until it opens.
 */
export class InterjectionDetector {
  readonly #shaper = new SoundShaper();
  readonly #history = new SoundHistory();
  readonly #traits: Traits = {
    attackDb: 0,
    decayDb: 0,
    periodicity: 0,
    movementDb: 0,
    loudMovementDb: 0,
    above2kHzDb: 0,
    lagFrames: 0,
    probability: 0,
  };
  #isVoiced = false;
  #quietFrames = QUIET_FRAMES;
  #framesSinceVoice = 0;
  #voiceStartSample = 0;
  #probabilitySum = 0;
  #likelihood = 0;

  /**
   * Takes one frame of 512 samples at 16 kHz that ends at `endSample`, the detector's probability that it holds voice,
   * and where the sound in it began (as SpeechEdge says).
   */
  push(frame: Float32Array, endSample: number, probability: number, onsetSample: number): number {
    this.#history.push(this.#shaper.measure(frame));
    this.#isVoiced = probability >= (this.#isVoiced ? VOICE_OFF : VOICE_ON);
    if (this.#isVoiced && this.#quietFrames >= QUIET_FRAMES) this.#begin(endSample);
    this.#quietFrames = this.#isVoiced ? 0 : this.#quietFrames + 1;
    if (this.#quietFrames >= QUIET_FRAMES) return (this.#likelihood = 0);
    this.#framesSinceVoice++;
    this.#probabilitySum += probability;
    if (this.#isVoiced) this.#likelihood = this.#judge(onsetSample);
    return this.#likelihood;
  }

  reset(): void {
    this.#shaper.reset();
    this.#history.reset();
    this.#isVoiced = false;
    this.#quietFrames = QUIET_FRAMES;
    this.#likelihood = 0;
  }

  #begin(endSample: number): void {
    this.#voiceStartSample = endSample - FRAME_SAMPLES;
    this.#framesSinceVoice = 0;
    this.#probabilitySum = 0;
  }

  #judge(onsetSample: number): number {
    const lagFrames = (this.#voiceStartSample - onsetSample) / FRAME_SAMPLES;
    const leadFrames = Math.max(0, Math.min(LEAD_FRAMES, Math.ceil(lagFrames)));
    if (!this.#history.summarize(this.#framesSinceVoice + leadFrames, this.#traits)) return 0;
    this.#traits.lagFrames = lagFrames < LONGEST_LAG_FRAMES ? lagFrames : UNKNOWN_LAG_FRAMES;
    this.#traits.probability = this.#probabilitySum / this.#framesSinceVoice;
    return Math.max(likelihood(COUGH, this.#traits), likelihood(HUM, this.#traits));
  }
}

function likelihood({ traits: model, evenScore }: Model, traits: Traits): number {
  let sum = 0;
  for (const { of, mean, deviation, weight } of model) {
    const deviations = (traits[of] - mean) / deviation;
    sum += weight * Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, deviations));
  }
  // As if the traits were independent, so that scores of models of different size compare.
  const score = sum / Math.sqrt(model.length);
  return 1 / (1 + Math.exp(-STEEPNESS * (score - evenScore)));
}
