import { floatToInt16, int16ToFloat } from './pcm.ts';
import { Resampler, type ResamplerOptions } from './resampler.ts';

/** Input taken at a time, so that the work arrays stay small: 170 ms at 24 kHz. */
const SLICE_SAMPLES = 4_096;

/** `Resampler` for 16-bit samples. What it gives is the caller's to keep. */
export class Int16Resampler {
  readonly fromHz: number;
  readonly #resampler: Resampler;
  readonly #input = new Float32Array(SLICE_SAMPLES);
  readonly #output: Float32Array<ArrayBuffer>;

  constructor(options: ResamplerOptions) {
    this.fromHz = options.fromHz;
    this.#resampler = new Resampler(options);
    this.#output = new Float32Array(this.#resampler.maxOutputSamples(SLICE_SAMPLES));
  }

  push(samples: Int16Array): Int16Array<ArrayBuffer> {
    if (samples.length <= SLICE_SAMPLES) return this.#convert(samples);
    const whole = new Int16Array(this.#resampler.maxOutputSamples(samples.length));
    let made = 0;
    for (let at = 0; at < samples.length; at += SLICE_SAMPLES) {
      const part = this.#convert(samples.subarray(at, at + SLICE_SAMPLES));
      whole.set(part, made);
      made += part.length;
    }
    return whole.subarray(0, made);
  }

  /** What the filter still held back; afterwards a new stream begins. */
  finish(): Int16Array<ArrayBuffer> {
    return this.#taken(this.#resampler.flush(this.#output));
  }

  #convert(samples: Int16Array): Int16Array<ArrayBuffer> {
    int16ToFloat(samples, this.#input);
    const input = samples.length === SLICE_SAMPLES ? this.#input : this.#input.subarray(0, samples.length);
    return this.#taken(this.#resampler.process(input, this.#output));
  }

  #taken(count: number): Int16Array<ArrayBuffer> {
    const samples = new Int16Array(count);
    floatToInt16(this.#output, samples, count);
    return samples;
  }
}
