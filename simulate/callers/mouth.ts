import { toInt16 } from '../sound/level.ts';
import { toMs, type LineSound } from '../sound/line.ts';
import type { Background } from './background.ts';

/** Everything a caller's microphone picks up, in one stream. */
export class Mouth {
  readonly #backgrounds: readonly Background[];
  #speech: Float32Array | undefined;
  #spoken = 0;
  #samples = 0;

  constructor(backgrounds: readonly Background[]) {
    this.#backgrounds = backgrounds;
  }

  get nowMs(): number {
    return toMs(this.#samples);
  }

  /** From now on; whatever was being said is broken off. Tells when it will be over. */
  say(speech: Float32Array): number {
    this.#speech = speech;
    this.#spoken = 0;
    return this.nowMs + toMs(speech.length);
  }

  next(count: number): LineSound {
    const sound = new Float32Array(count);
    if (this.#speech) {
      sound.set(this.#speech.subarray(this.#spoken, this.#spoken + count));
      this.#spoken += count;
      if (this.#spoken >= this.#speech.length) this.#speech = undefined;
    }
    for (const background of this.#backgrounds) background.addTo(sound);
    this.#samples += count;
    return toInt16(sound);
  }
}
