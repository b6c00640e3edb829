/** 8 s: frames of the microphone may wait that long while a model loads. */
const CAPACITY = 2 ** 17;

/** What left the loudspeaker, by position on the common time line in samples. What was never written is silence. */
export class ReferenceTimeline {
  readonly #ring = new Float32Array(CAPACITY);
  #end = 0;
  #soundEnd = -Infinity;
  #changedFrom = Infinity;

  /** One past the last position that was not silent. */
  get soundEnd(): number {
    return this.#soundEnd;
  }

  /** Positions are of another clock from now on. */
  clear(): void {
    this.#ring.fill(0);
    this.#end = 0;
    this.#soundEnd = -Infinity;
    this.#changedFrom = 0;
  }

  /** `end`: position one past the last sample. A step back overwrites. */
  write(pcm: Int16Array, end: number): void {
    const start = end - pcm.length;
    this.#silenceUpTo(start);
    let last = -1;
    for (let i = 0; i < pcm.length; i++) {
      const sample = pcm[i]!;
      if (sample !== 0) last = i;
      this.#ring[(start + i) & (CAPACITY - 1)] = sample / 32_768;
    }
    if (last >= 0) this.#soundEnd = Math.max(this.#soundEnd, start + last + 1);
    this.#end = Math.max(this.#end, end);
    this.#changedFrom = Math.min(this.#changedFrom, start);
  }

  /** Fills `output` with the samples before `end`. */
  read(end: number, output: Float32Array): void {
    const start = end - output.length;
    for (let i = 0; i < output.length; i++) {
      const at = start + i;
      output[i] = at < this.#end && at >= this.#end - CAPACITY ? this.#ring[at & (CAPACITY - 1)]! : 0;
    }
  }

  /** The lowest position written since this was last asked, infinity if none: older readings still hold. */
  takeChangedFrom(): number {
    const from = this.#changedFrom;
    this.#changedFrom = Infinity;
    return from;
  }

  #silenceUpTo(start: number): void {
    for (let at = Math.max(this.#end, start - CAPACITY); at < start; at++) this.#ring[at & (CAPACITY - 1)] = 0;
  }
}
