import { Int16Resampler } from '#dsp/int16-resampler';
import { bytesToInt16, int16ToBytes } from '#dsp/pcm';

/** Changes the rate of a stream of PCM16LE mono; without a shift, and ceil(samples * to / from) samples in all. */
export class PcmResampler {
  readonly fromHz: number;
  readonly #resampler: Int16Resampler;

  constructor(fromHz: number, toHz: number) {
    this.fromHz = fromHz;
    this.#resampler = new Int16Resampler({ fromHz, toHz });
  }

  /** `pcm` holds whole samples. */
  push(pcm: Buffer): Buffer {
    return toBuffer(this.#resampler.push(bytesToInt16(pcm)));
  }

  /** What the filter still held back. */
  finish(): Buffer {
    return toBuffer(this.#resampler.finish());
  }
}

function toBuffer(samples: Int16Array): Buffer {
  const { buffer, byteOffset, byteLength } = int16ToBytes(samples);
  return Buffer.from(buffer, byteOffset, byteLength);
}
