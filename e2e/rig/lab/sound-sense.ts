import { rmsDbfs } from '#dsp/level';
import { InterjectionDetector } from '#dsp/sound/interjection';
import { NoiseFloor } from '#dsp/sound/noise-floor';
import { SpeechEdge } from '#dsp/sound/speech-edge';
import type { Heard } from '../../../web/conversation/events.ts';

/** What of a frame can be told besides whether it is voice, as the call worker puts it together. */
export class SoundSense {
  readonly #floor = new NoiseFloor();
  readonly #edge = new SpeechEdge();
  readonly #interjections = new InterjectionDetector();
  #endSample = 0;

  hear(frame: Float32Array, probability: number, echo = 0): Heard {
    this.#endSample += frame.length;
    const endSample = this.#endSample;
    const levelDb = rmsDbfs(frame);
    const floorDb = this.#floor.push(levelDb);
    this.#edge.push(frame, endSample, floorDb);
    const { lastLoudSample, onsetSample } = this.#edge;
    const interjection = this.#interjections.push(frame, endSample, probability, onsetSample);
    return { probability, endSample, lastLoudSample, levelDb, floorDb, echo, interjection };
  }
}
