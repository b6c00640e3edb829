import { rmsDbfs } from '#dsp/level';
import type { Heard } from '../../../web/conversation/events.ts';

const SLICE_SAMPLES = 64;
/** A slice this far over the floor is loud. */
const LOUD_OVER_FLOOR_DB = 12;
/** The floor follows quiet at once and rises slowly, in dB a frame. */
const FLOOR_RISE_DB = 0.05;

/** What of a frame can be measured without a model: its level, the noise of the room, and where it was last loud. */
export class SoundSense {
  #endSample = 0;
  #lastLoudSample = 0;
  #floorDb = -60;

  hear(frame: Float32Array, probability: number): Heard {
    const levelDb = rmsDbfs(frame);
    this.#floorDb = Math.max(-90, Math.min(levelDb, this.#floorDb + FLOOR_RISE_DB));
    for (let at = 0; at + SLICE_SAMPLES <= frame.length; at += SLICE_SAMPLES) {
      const isLoud = rmsDbfs(frame.subarray(at, at + SLICE_SAMPLES)) > this.#floorDb + LOUD_OVER_FLOOR_DB;
      if (isLoud) this.#lastLoudSample = this.#endSample + at + SLICE_SAMPLES;
    }
    this.#endSample += frame.length;
    const { lastLoudSample, floorDb } = { lastLoudSample: this.#lastLoudSample, floorDb: this.#floorDb };
    return { probability, endSample: this.#endSample, lastLoudSample, levelDb, floorDb, echo: 0, interjection: 0 };
  }
}
