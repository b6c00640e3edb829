const BYTES_PER_SAMPLE = 2;

interface Chunk {
  startSample: number;
  cameAtMs: number;
  pcm: Uint8Array;
}

/** Sound as it came in, by its place on the timeline of the input; whatever is no longer wanted is let go in front. */
export class InputBuffer {
  readonly rateHz: number;
  /** Chunks before `#head` are gone; the array is cut only now and then. */
  #chunks: Chunk[] = [];
  #head = 0;
  #endSample = 0;

  constructor(rateHz: number) {
    this.rateHz = rateHz;
  }

  get endSample(): number {
    return this.#endSample;
  }

  /** Of the oldest sound that is kept. */
  get startSample(): number {
    return this.#chunks[this.#head]?.startSample ?? this.#endSample;
  }

  get keptSamples(): number {
    return this.#endSample - this.startSample;
  }

  toMs(samples: number): number {
    return Math.round((samples * 1000) / this.rateHz);
  }

  toSamples(ms: number): number {
    return Math.round((ms * this.rateHz) / 1000);
  }

  /** Keeps `pcm` itself, whole samples; when it came matters to those who let go of it by that. */
  append(pcm: Uint8Array, nowMs = 0): void {
    this.#chunks.push({ startSample: this.#endSample, cameAtMs: nowMs, pcm });
    this.#endSample += pcm.length / BYTES_PER_SAMPLE;
  }

  /** Lets go of every chunk that ends at or before `sample`, up to the first that came later than `untilMs`. */
  dropBefore(sample: number, untilMs = Infinity): void {
    while (this.#isOver(this.#chunks[this.#head], sample, untilMs)) this.#head++;
    // Cutting costs as much as there are chunks left, so it is done when half of them are gone.
    if (this.#head < 64 || this.#head * 2 < this.#chunks.length) return;
    this.#chunks = this.#chunks.slice(this.#head);
    this.#head = 0;
  }

  /** A copy of the sound between two samples, as far as it is kept. */
  slice(fromSample: number, toSample: number): Uint8Array {
    const from = Math.max(fromSample, this.startSample);
    const to = Math.max(from, Math.min(toSample, this.#endSample));
    const sound = new Uint8Array((to - from) * BYTES_PER_SAMPLE);
    for (const { startSample, pcm } of this.#chunks.slice(this.#head)) {
      if (startSample >= to) break;
      const skipped = Math.max(0, from - startSample) * BYTES_PER_SAMPLE;
      const end = Math.min(pcm.length, (to - startSample) * BYTES_PER_SAMPLE);
      if (skipped < end) sound.set(pcm.subarray(skipped, end), (startSample - from) * BYTES_PER_SAMPLE + skipped);
    }
    return sound;
  }

  #isOver(chunk: Chunk | undefined, sample: number, untilMs: number): boolean {
    return chunk !== undefined && this.#endOf(this.#head) <= sample && chunk.cameAtMs <= untilMs;
  }

  #endOf(index: number): number {
    return this.#chunks[index + 1]?.startSample ?? this.#endSample;
  }
}
