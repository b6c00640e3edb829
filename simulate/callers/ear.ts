import { audibleFrames } from '../sound/level.ts';
import { FRAME_MS } from '../sound/line.ts';

/** Silences shorter than this lie between the words of one answer. */
const WORD_GAP_MS = 300;

/** What a caller hears of the agent: only whether there is sound, and since when. */
export class Ear {
  #nowMs = 0;
  #onsetMs = -Infinity;
  #lastSoundMs = -Infinity;

  hear(sound: Int16Array): void {
    for (const isAudible of audibleFrames(sound)) {
      if (isAudible && !this.isSounding) this.#onsetMs = this.#nowMs;
      this.#nowMs += FRAME_MS;
      if (isAudible) this.#lastSoundMs = this.#nowMs;
    }
  }

  get isSounding(): boolean {
    return this.silentMs < WORD_GAP_MS;
  }

  /** Since the agent was last heard; infinite before it ever was. */
  get silentMs(): number {
    return this.#nowMs - this.#lastSoundMs;
  }

  /** Of the stretch of sound that is, or was, heard last. */
  get onsetMs(): number {
    return this.#onsetMs;
  }
}
