import { int16ToFloat } from '#dsp/pcm';
import { LIMITS } from '#protocol';
import type { CaptureFrame } from '../audio/worklets/capture.messages.ts';
import type { VoiceActivity } from '../conversation/ports.ts';

export interface HeardFrame {
  pcm: Int16Array<ArrayBuffer>;
  probability: number;
  levelDb: number;
  endContextTime: number;
}

/**
 * Takes the microphone's frames in order and asks of each whether it holds voice. Frames wait while the voice model is
 * loading, so that somebody who speaks at once is heard from the first syllable.
 */
export class Ear {
  /** Half a minute of impatience; beyond it the oldest frames go, and are counted. */
  static readonly #MAX_WAITING = Math.ceil((30 * LIMITS.inputRateHz) / LIMITS.frameSamples);
  readonly #onFrame: (frame: HeardFrame) => void;
  readonly #float = new Float32Array(LIMITS.frameSamples);
  #activity: VoiceActivity | undefined;
  #waiting: CaptureFrame[] = [];
  #isBusy = false;
  #nextSequence: number | undefined;
  /** Frames of the microphone that never arrived or could not be kept. */
  lostFrames = 0;

  /** `onFrame` is called once for each frame, in order; the samples are the callee's only during the call. */
  constructor(onFrame: (frame: HeardFrame) => void) {
    this.#onFrame = onFrame;
  }

  listenWith(activity: VoiceActivity): void {
    this.#activity = activity;
    void this.#work();
  }

  /** The microphone was closed or opened: what is still waiting is of another time. */
  reset(): void {
    this.#waiting = [];
    this.#nextSequence = undefined;
    this.#activity?.reset();
  }

  take(frame: CaptureFrame): void {
    if (this.#nextSequence !== undefined) this.lostFrames += Math.max(0, frame.sequence - this.#nextSequence);
    this.#nextSequence = frame.sequence + 1;
    this.#waiting.push(frame);
    if (this.#waiting.length > Ear.#MAX_WAITING) {
      this.#waiting.shift();
      this.lostFrames++;
    }
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isBusy || !this.#activity) return;
    this.#isBusy = true;
    try {
      for (let frame = this.#waiting.shift(); frame; frame = this.#waiting.shift()) {
        int16ToFloat(frame.pcm, this.#float);
        const probability = await this.#activity.probability(this.#float);
        const { pcm, levelDb, endContextTime } = frame;
        this.#onFrame({ pcm, probability, levelDb, endContextTime });
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
