/** A worker that sends back more than it was given must not fill the memory. */
const MAX_BUFFERS = 64;

/** Buffers for frames that travel to a worker and come back: none is made as long as they do, none lacks if not. */
export class FramePool {
  readonly #frameSamples: number;
  readonly #buffers: Int16Array<ArrayBuffer>[] = [];
  #made = 0;

  /** `buffers`: more than the worker holds while it is busy with one. */
  constructor(frameSamples: number, buffers: number) {
    this.#frameSamples = frameSamples;
    for (let i = 0; i < buffers; i++) this.#buffers.push(this.#make());
  }

  /** How many buffers exist; constant as long as they come back. */
  get made(): number {
    return this.#made;
  }

  take(): Int16Array<ArrayBuffer> {
    return this.#buffers.pop() ?? this.#make();
  }

  /** A buffer of another size is not one of these. */
  recycle(pcm: Int16Array<ArrayBuffer>): void {
    if (pcm.length === this.#frameSamples && this.#buffers.length < MAX_BUFFERS) this.#buffers.push(pcm);
  }

  #make(): Int16Array<ArrayBuffer> {
    this.#made++;
    return new Int16Array(this.#frameSamples);
  }
}
