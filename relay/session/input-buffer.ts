const BYTES_PER_SAMPLE = 2;
/**
 * Sound comes in pieces of 20 ms. Kept as they are, 250 callers who talk would leave the garbage collector 12,500 more
 * buffers every second, and all others a pause of tens of milliseconds; copied together it is two a second for each.
 */
const SLAB_MS = 500;

interface Slab {
  startSample: number;
  endSample: number;
  /** The newest of it. */
  cameAtMs: number;
  bytes: Uint8Array;
}

/** Sound as it came in, by its place on the timeline of the input; whatever is no longer wanted is let go in front. */
export class InputBuffer {
  readonly rateHz: number;
  readonly #slabBytes: number;
  #slabs: Slab[] = [];
  #endSample = 0;

  constructor(rateHz: number) {
    this.rateHz = rateHz;
    this.#slabBytes = this.toSamples(SLAB_MS) * BYTES_PER_SAMPLE;
  }

  get endSample(): number {
    return this.#endSample;
  }

  /** Of the oldest sound that is kept. */
  get startSample(): number {
    return this.#slabs[0]?.startSample ?? this.#endSample;
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

  /** Takes a copy of whole samples; when they came matters to those who let go of them by that. */
  append(pcm: Uint8Array, nowMs = 0): void {
    const slab = this.#slabWithRoom(pcm.length);
    slab.bytes.set(pcm, (slab.endSample - slab.startSample) * BYTES_PER_SAMPLE);
    this.#endSample += pcm.length / BYTES_PER_SAMPLE;
    slab.endSample = this.#endSample;
    slab.cameAtMs = nowMs;
  }

  /** Lets go of what lies before `sample`, half a second at a time, up to what came later than `untilMs`. */
  dropBefore(sample: number, untilMs = Infinity): void {
    const kept = this.#slabs.findIndex(({ endSample, cameAtMs }) => endSample > sample || cameAtMs > untilMs);
    if (kept !== 0) this.#slabs = kept < 0 ? [] : this.#slabs.slice(kept);
  }

  /** A copy of the sound between two samples, as far as it is kept. */
  slice(fromSample: number, toSample: number): Uint8Array {
    const from = Math.max(fromSample, this.startSample);
    const to = Math.max(from, Math.min(toSample, this.#endSample));
    const sound = new Uint8Array((to - from) * BYTES_PER_SAMPLE);
    for (const { startSample, endSample, bytes } of this.#slabs) {
      const [first, last] = [Math.max(from, startSample), Math.min(to, endSample)];
      if (first >= last) continue;
      const part = bytes.subarray((first - startSample) * BYTES_PER_SAMPLE, (last - startSample) * BYTES_PER_SAMPLE);
      sound.set(part, (first - from) * BYTES_PER_SAMPLE);
    }
    return sound;
  }

  #slabWithRoom(bytes: number): Slab {
    const last = this.#slabs.at(-1);
    if (last && (last.endSample - last.startSample) * BYTES_PER_SAMPLE + bytes <= last.bytes.length) return last;
    const slab: Slab = {
      ...{ startSample: this.#endSample, endSample: this.#endSample, cameAtMs: 0 },
      bytes: new Uint8Array(Math.max(bytes, this.#slabBytes)),
    };
    this.#slabs.push(slab);
    return slab;
  }
}
