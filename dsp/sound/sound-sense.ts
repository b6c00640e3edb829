import { FLOOR_DB } from '../level.ts';
import { InterjectionDetector } from './interjection.ts';
import { NoiseFloor } from './noise-floor.ts';
import { SpeechEdge } from './speech-edge.ts';

/** What is measured of a frame besides its voice. */
export interface SoundReading {
  floorDb: number;
  /** Samples since the last loud moment, at the end of the frame. */
  quietSamples: number;
  /** Samples since the sound began that this moment belongs to. */
  soundingSamples: number;
  /** Likelihood that the sound so far is a cough or a hum ("mm-hm") and not the beginning of words. */
  interjection: number;
}

/**
 * Somebody who speaks at once, or after the zeros of a microphone that was off, is not the noise of the room: it is
 * believed from this much sound on.
 */
const BELIEVED_SAMPLES = 16_000;

/** Listens to the sound itself: the room's noise, where it was last loud, and whether it is a cough or a hum. */
export class SoundSense {
  readonly #floor = new NoiseFloor();
  readonly #edge = new SpeechEdge();
  readonly #interjections = new InterjectionDetector();
  #endSample = 0;
  #soundSamples = 0;

  /** One frame of 512 samples in [-1, 1] at 16 kHz after the other; `levelDb` and `probability` (of voice) are the frame's. */
  hear(frame: Float32Array, levelDb: number, probability: number): SoundReading {
    this.#endSample += frame.length;
    const measuredDb = this.#floor.push(levelDb);
    if (measuredDb > FLOOR_DB) this.#soundSamples += frame.length;
    const floorDb = this.#soundSamples < BELIEVED_SAMPLES ? FLOOR_DB : measuredDb;
    this.#edge.push(frame, this.#endSample, floorDb);
    const interjection = this.#interjections.push(frame, this.#endSample, probability, this.#edge.onsetSample);
    return {
      floorDb,
      quietSamples: this.#endSample - this.#edge.lastLoudSample,
      soundingSamples: this.#endSample - this.#edge.onsetSample,
      interjection,
    };
  }

  /** What was heard before is of another time; the room is most likely the same. */
  reset(): void {
    this.#edge.reset();
    this.#interjections.reset();
  }
}
