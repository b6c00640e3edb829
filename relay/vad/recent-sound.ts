/** The last samples of a stream at 16 kHz, as many as the end-of-turn model listens to. */
export class RecentSound {
  readonly #ring: Float32Array;
  #written = 0;

  constructor(samples: number) {
    this.#ring = new Float32Array(samples);
  }

  push(frame: Float32Array): void {
    const at = this.#written % this.#ring.length;
    const first = frame.subarray(0, this.#ring.length - at);
    this.#ring.set(first, at);
    this.#ring.set(frame.subarray(first.length), 0);
    this.#written += frame.length;
  }

  /** The newest, at most `samples` of them, as a copy. */
  last(samples: number): Float32Array<ArrayBuffer> {
    const count = Math.max(0, Math.min(samples, this.#written, this.#ring.length));
    const from = (this.#written - count) % this.#ring.length;
    const copy = new Float32Array(count);
    const first = this.#ring.subarray(from, Math.min(this.#ring.length, from + count));
    copy.set(first);
    copy.set(this.#ring.subarray(0, count - first.length), first.length);
    return copy;
  }
}
