import { floatToInt16, int16ToFloat } from '#dsp/pcm';
import { Resampler } from '#dsp/resampler';

/** One stream of 16-bit sound from one rate to another; the same samples where they are equal. */
export class RateConverter {
  readonly #resampler: Resampler | undefined;

  constructor(fromHz: number, toHz: number) {
    this.#resampler = fromHz === toHz ? undefined : new Resampler({ fromHz, toHz });
  }

  convert(samples: Int16Array): Int16Array<ArrayBuffer> {
    if (!this.#resampler) return Int16Array.from(samples);
    const input = new Float32Array(samples.length);
    int16ToFloat(samples, input);
    const output = new Float32Array(this.#resampler.maxOutputSamples(samples.length));
    return toInt16(output, this.#resampler.process(input, output));
  }

  /** What the filter still held back; the next sample begins a new stream. */
  flush(): Int16Array<ArrayBuffer> {
    if (!this.#resampler) return new Int16Array(0);
    const output = new Float32Array(this.#resampler.maxOutputSamples(0));
    return toInt16(output, this.#resampler.flush(output));
  }
}

function toInt16(samples: Float32Array, count: number): Int16Array<ArrayBuffer> {
  const converted = new Int16Array(count);
  floatToInt16(samples, converted, count);
  return converted;
}
