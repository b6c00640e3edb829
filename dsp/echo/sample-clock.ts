/** Times closer than this to where the stream was expected anyway are rounding; a filter would hear one sample's jump. */
const JITTER_SAMPLES = 8;

/** Puts the frames of one stream onto the common time line in whole samples. */
export class SampleClock {
  readonly #rateHz: number;
  #end: number | undefined;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  /** The next frame may be anywhere: its clock is another one. */
  reset(): void {
    this.#end = undefined;
  }

  /** Position one past the last sample of a frame, which lies `samplesOn` after the frame before if none was lost. */
  advance(endTimeS: number, samplesOn: number): number {
    const told = Math.round(endTimeS * this.#rateHz);
    const expected = this.#end === undefined ? told : this.#end + samplesOn;
    this.#end = Math.abs(told - expected) <= JITTER_SAMPLES ? expected : told;
    return this.#end;
  }
}
