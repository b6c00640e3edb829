/**
 * Sound of many streams on its way to a thread, as one buffer: records of stream, samples that were left out before it
 * (in bytes), length, and PCM16LE, each field a little-endian 32-bit integer and each record a multiple of four bytes.
 */
export class SoundBatch {
  #bytes = new Uint8Array(START_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #filled = 0;

  get byteLength(): number {
    return this.#filled;
  }

  add(stream: number, leftOutBytes: number, pcm: Uint8Array): void {
    const at = this.#filled;
    this.#filled = at + HEAD_BYTES + Math.ceil(pcm.byteLength / 4) * 4;
    if (this.#filled > this.#bytes.byteLength) this.#grow(at);
    this.#view.setUint32(at, stream, true);
    this.#view.setUint32(at + 4, leftOutBytes, true);
    this.#view.setUint32(at + 8, pcm.byteLength, true);
    this.#bytes.set(pcm, at + HEAD_BYTES);
  }

  /** What was added since the last time, in a buffer of its own that may be transferred. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(0, this.#filled);
    // As much as last time will do next time, and no peak is kept for ever.
    this.#bytes = new Uint8Array(Math.max(START_BYTES, this.#filled + HEAD_BYTES));
    this.#view = new DataView(this.#bytes.buffer);
    this.#filled = 0;
    return taken;
  }

  #grow(used: number): void {
    const larger = new Uint8Array(2 * this.#filled);
    larger.set(this.#bytes.subarray(0, used));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Calls back for each record, in order; the PCM is a view of the batch, aligned for 16-bit samples. */
export function readSoundBatch(
  batch: Uint8Array<ArrayBuffer>,
  onRecord: (stream: number, leftOutBytes: number, pcm: Uint8Array<ArrayBuffer>) => void,
): void {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  for (let at = 0; at < batch.byteLength;) {
    const length = view.getUint32(at + 8, true);
    const from = at + HEAD_BYTES;
    onRecord(view.getUint32(at, true), view.getUint32(at + 4, true), batch.subarray(from, from + length));
    at = from + Math.ceil(length / 4) * 4;
  }
}

const HEAD_BYTES = 12;
/** Eight milliseconds of thirty streams. */
const START_BYTES = 16_384;
