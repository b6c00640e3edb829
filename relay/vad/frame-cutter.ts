import { bytesToInt16, int16ToFloat } from '#dsp/pcm';
import { Resampler } from '#dsp/resampler';
import { SILERO } from '#models/vad/silero';

const BLOCK_SAMPLES = 1_024;

/**
 * Sound at any rate as frames of 512 samples at 16 kHz. The filter is a fourth of the price of the one that sound is
 * sent on with: flat to 6 kHz, 50 dB down from 8 kHz on. Of labelled turns and words taken through 24 kHz both find the
 * same; with the full one a word's onset is told 20 ms sooner, and its end 1 ms off as well.
 */
export class FrameCutter {
  readonly #resampler: Resampler;
  readonly #input = new Float32Array(BLOCK_SAMPLES);
  readonly #output: Float32Array;
  readonly #frame = new Float32Array(SILERO.frameSamples);
  #filled = 0;
  #made = 0;
  #taken = 0;

  constructor(rateHz: number) {
    this.#resampler = new Resampler({ fromHz: rateHz, toHz: SILERO.rateHz, passband: 0.75, stopbandDb: 50 });
    this.#output = new Float32Array(this.#resampler.maxOutputSamples(BLOCK_SAMPLES));
  }

  /** The next frame, overwritten by the one after it; undefined until there is enough sound. */
  next(more: () => Uint8Array | undefined): Float32Array | undefined {
    for (;;) {
      const count = Math.min(this.#made - this.#taken, SILERO.frameSamples - this.#filled);
      this.#frame.set(this.#output.subarray(this.#taken, this.#taken + count), this.#filled);
      this.#taken += count;
      this.#filled += count;
      if (this.#filled === SILERO.frameSamples) {
        this.#filled = 0;
        return this.#frame;
      }
      const pcm = more();
      if (!pcm) return undefined;
      const samples = bytesToInt16(pcm);
      int16ToFloat(samples, this.#input);
      this.#made = this.#resampler.process(this.#input.subarray(0, samples.length), this.#output);
      this.#taken = 0;
    }
  }

  /** What comes next does not follow what came before. */
  reset(): void {
    this.#resampler.reset();
    this.#filled = 0;
    this.#made = 0;
    this.#taken = 0;
  }
}

/** Of PCM16, as much as `next` takes at once. */
export const MAX_CUT_BYTES = 2 * BLOCK_SAMPLES;
