import { Downmix } from '#dsp/downmix';
import { rmsDbfs } from '#dsp/level';
import { floatToInt16 } from '#dsp/pcm';
import { Resampler } from '#dsp/resampler';
import { FramePool } from './frame-pool.ts';
import type { CaptureFrame, CaptureOptions } from './capture.messages.ts';

/** The largest sample a 16-bit device can give: nothing tells it from a clipped one. */
const FULL_SCALE = 32_767 / 32_768;
/** Larger than any render quantum in use (128 by default), so that the scratch buffer never grows. */
const MAX_QUANTUM_SAMPLES = 2_048;
/** 8 frames of 32 ms: more than the call worker holds while it is busy with one. */
const POOL_BUFFERS = 8;

/**
 * Turns what the device delivers into frames of mono PCM16 at the target rate. The frame and its fields are reused:
 * `send` has to pass them on (post them) before it returns, and takes the buffer along.
 *
 * Allocates nothing per frame as long as used buffers come back through `recycle`.
 */
export class Capture {
  readonly #contextRateHz: number;
  readonly #targetRateHz: number;
  readonly #send: (frame: CaptureFrame) => void;
  readonly #downmix = new Downmix();
  readonly #resampler: Resampler;
  readonly #mono = new Float32Array(MAX_QUANTUM_SAMPLES);
  readonly #gathered: Float32Array;
  #gatheredSamples = 0;
  readonly #pool: FramePool;
  /** Samples of the device's signal before the quantum at hand. */
  #inputSamples = 0;
  readonly #frame: CaptureFrame;

  constructor(contextRateHz: number, options: CaptureOptions, send: (frame: CaptureFrame) => void) {
    this.#contextRateHz = contextRateHz;
    this.#targetRateHz = options.targetRateHz;
    this.#send = send;
    this.#resampler = new Resampler({ fromHz: contextRateHz, toHz: options.targetRateHz });
    this.#gathered = new Float32Array(options.frameSamples);
    this.#pool = new FramePool(options.frameSamples, POOL_BUFFERS);
    const pcm = new Int16Array(0);
    this.#frame = { type: 'frame', sequence: 0, pcm, endContextTime: 0, levelDb: 0, clipped: 0 };
  }

  /** How many buffers exist; constant as long as they come back. */
  get buffersMade(): number {
    return this.#pool.made;
  }

  /**
   * One render quantum of `samples` samples that starts at `contextTime`. No channels (nothing is connected) count as
   * silence, so that frames keep coming and everything timed by them goes on.
   */
  process(channels: readonly Float32Array[], samples: number, contextTime: number): void {
    this.#downmix.process(channels, this.#mono, samples);
    this.#frame.clipped += countClipped(channels, samples);
    for (let taken = 0; ;) {
      this.#gatheredSamples += this.#resampler.read(
        this.#gathered,
        this.#gatheredSamples,
        this.#gathered.length - this.#gatheredSamples,
      );
      if (this.#gatheredSamples === this.#gathered.length) this.#finishFrame(contextTime);
      else if (taken < samples) taken += this.#resampler.write(this.#mono, taken, samples - taken);
      else break;
    }
    this.#inputSamples += samples;
  }

  /** Takes a used buffer back. */
  recycle(pcm: Int16Array<ArrayBuffer>): void {
    this.#pool.recycle(pcm);
  }

  #finishFrame(contextTime: number): void {
    const frame = this.#frame;
    frame.pcm = this.#pool.take();
    floatToInt16(this.#gathered, frame.pcm);
    frame.levelDb = rmsDbfs(this.#gathered);
    // Output sample n belongs to the instant of input sample n * contextRate / targetRate, resampler delay or not.
    // Counted from this quantum's own time, as quanta go missing when the device stumbles.
    const lastOutput = (frame.sequence + 1) * this.#gathered.length - 1;
    frame.endContextTime = contextTime + lastOutput / this.#targetRateHz - this.#inputSamples / this.#contextRateHz;
    this.#send(frame);
    this.#gatheredSamples = 0;
    frame.sequence++;
    frame.clipped = 0;
  }
}

/** Instants at which any channel is at full scale. */
function countClipped(channels: readonly Float32Array[], samples: number): number {
  let clipped = 0;
  for (let i = 0; i < samples; i++) {
    for (let c = 0; c < channels.length; c++) {
      if (Math.abs(channels[c]![i]!) >= FULL_SCALE) {
        clipped++;
        break;
      }
    }
  }
  return clipped;
}
