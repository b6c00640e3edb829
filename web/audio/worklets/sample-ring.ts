/** A queue of PCM16 samples in one block of memory. */
export class SampleRing {
  readonly #samples: Int16Array;
  #readAt = 0;
  #available = 0;

  constructor(capacitySamples: number) {
    this.#samples = new Int16Array(capacitySamples);
  }

  get available(): number {
    return this.#available;
  }

  clear(): void {
    this.#available = 0;
  }

  /** Takes in as much of the front of `pcm` as there is room for, and returns how many samples that was. */
  write(pcm: Int16Array): number {
    const capacity = this.#samples.length;
    const accepted = Math.min(pcm.length, capacity - this.#available);
    const writeAt = (this.#readAt + this.#available) % capacity;
    const untilEnd = Math.min(accepted, capacity - writeAt);
    this.#samples.set(pcm.subarray(0, untilEnd), writeAt);
    this.#samples.set(pcm.subarray(untilEnd, accepted), 0);
    this.#available += accepted;
    return accepted;
  }

  /** Moves up to `count` samples to the front of `output`, with full scale at 1, and returns how many there were. */
  read(output: Float32Array, count: number): number {
    const taken = Math.min(count, this.#available);
    for (let i = 0; i < taken; i++) {
      output[i] = this.#samples[this.#readAt]! / 32_768;
      this.#readAt++;
      if (this.#readAt === this.#samples.length) this.#readAt = 0;
    }
    this.#available -= taken;
    return taken;
  }
}
