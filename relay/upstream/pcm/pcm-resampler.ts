import { Resampler } from '#dsp/resampler';

/** Input resampled at a time, so that the work arrays stay small. */
const SLICE_SAMPLES = 4_096;

/** Changes the rate of a stream of PCM16LE mono; without a shift, and ceil(samples * to / from) samples in all. */
export class PcmResampler {
  readonly fromHz: number;
  readonly #resampler: Resampler;
  readonly #input = new Float32Array(SLICE_SAMPLES);
  readonly #output: Float32Array<ArrayBuffer>;

  constructor(fromHz: number, toHz: number) {
    this.fromHz = fromHz;
    this.#resampler = new Resampler({ fromHz, toHz });
    this.#output = new Float32Array(this.#resampler.maxOutputSamples(SLICE_SAMPLES));
  }

  /** `pcm` holds whole samples. */
  push(pcm: Buffer): Buffer {
    const pieces: Buffer[] = [];
    for (let at = 0; at < pcm.length; at += 2 * SLICE_SAMPLES) {
      const samples = Math.min(SLICE_SAMPLES, (pcm.length - at) / 2);
      for (let i = 0; i < samples; i++) this.#input[i] = pcm.readInt16LE(at + 2 * i) / 32768;
      pieces.push(this.#toPcm(this.#resampler.process(this.#input.subarray(0, samples), this.#output)));
    }
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  }

  /** What the filter still held back. */
  finish(): Buffer {
    return this.#toPcm(this.#resampler.flush(this.#output));
  }

  #toPcm(samples: number): Buffer {
    const pcm = Buffer.alloc(2 * samples);
    for (let i = 0; i < samples; i++) {
      const sample = Math.round((this.#output[i] ?? 0) * 32768);
      pcm.writeInt16LE(Math.max(-32768, Math.min(32767, sample)), 2 * i);
    }
    return pcm;
  }
}
