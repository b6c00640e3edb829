import { rmsDbfs } from '#dsp/level';
import { floatToInt16, int16ToFloat } from '#dsp/pcm';
import { SoundSense, type SoundReading } from '#dsp/sound/sound-sense';
import { LIMITS } from '#protocol';
import type { CaptureFrame } from '../audio/worklets/capture.messages.ts';
import type { VoiceActivity } from '../conversation/ports.ts';
import type { EchoGuard } from './echo-guard.ts';

export interface HeardFrame extends SoundReading {
  /** Without our own echo, as everything else here. */
  pcm: Int16Array<ArrayBuffer>;
  endContextTime: number;
  probability: number;
  levelDb: number;
  /** Likelihood that there is nothing else in it than our own loudspeaker. */
  echo: number;
}

/**
 * Takes the microphone's frames in order, takes our own echo out, and asks of each whether it holds voice. Frames wait
 * while the voice model is loading, so that somebody who speaks at once is heard from the first syllable.
 */
export class Ear {
  /** Half a minute of impatience; beyond it the oldest frames go, and are counted. */
  static readonly #MAX_WAITING = Math.ceil((30 * LIMITS.inputRateHz) / LIMITS.frameSamples);
  readonly #onFrame: (frame: HeardFrame) => void;
  readonly #echo: Pick<EchoGuard, 'hear'>;
  readonly #sense = new SoundSense();
  readonly #float = new Float32Array(LIMITS.frameSamples);
  #activity: VoiceActivity | undefined;
  #waiting: CaptureFrame[] = [];
  #isBusy = false;
  #nextSequence: number | undefined;
  /** Frames of the microphone that never arrived or could not be kept. */
  lostFrames = 0;

  /** `onFrame` is called once for each frame, in order; the samples are the callee's only during the call. */
  constructor(echo: Pick<EchoGuard, 'hear'>, onFrame: (frame: HeardFrame) => void) {
    this.#echo = echo;
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
    this.#sense.reset();
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
        await this.#hear(frame, this.#activity);
      }
    } finally {
      this.#isBusy = false;
    }
  }

  async #hear({ pcm, endContextTime }: CaptureFrame, activity: VoiceActivity): Promise<void> {
    int16ToFloat(pcm, this.#float);
    const { likelihood: echo, residual } = this.#echo.hear(this.#float, endContextTime);
    const probability = await activity.probability(residual);
    // Nobody else needs to hear our own echo either: not the model, not the recogniser, not the replay.
    if (residual !== this.#float) floatToInt16(residual, pcm);
    const levelDb = rmsDbfs(residual);
    this.#onFrame({
      pcm,
      endContextTime,
      probability,
      levelDb,
      echo,
      ...this.#sense.hear(residual, levelDb, probability),
    });
  }
}
