import { measureAudio } from './omni-request.ts';

const LOUD_DB = -45;
const BEGINS_AFTER_MS = 60;

/** Tells by level alone when somebody begins and stops to speak. */
export class LevelEar {
  readonly #rateHz: number;
  readonly #silenceMs: number;
  #heardMs = 0;
  #loudMs = 0;
  #quietMs = 0;
  #isSpeaking = false;

  constructor(rateHz: number, silenceMs: number) {
    this.#rateHz = rateHz;
    this.#silenceMs = silenceMs;
  }

  get nowMs(): number {
    return this.#heardMs;
  }

  hear(samples: Int16Array): 'started' | 'stopped' | undefined {
    const { durationMs, levelDb } = measureAudio(samples, this.#rateHz);
    this.#heardMs += durationMs;
    const isLoud = levelDb > LOUD_DB;
    this.#loudMs = isLoud ? this.#loudMs + durationMs : 0;
    this.#quietMs = isLoud ? 0 : this.#quietMs + durationMs;
    if (!this.#isSpeaking && this.#loudMs >= BEGINS_AFTER_MS) {
      this.#isSpeaking = true;
      return 'started';
    }
    if (this.#isSpeaking && this.#quietMs >= this.#silenceMs) {
      this.#isSpeaking = false;
      return 'stopped';
    }
    return undefined;
  }
}
