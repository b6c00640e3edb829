import { Resampler } from '#dsp/resampler';
import { SampleRing } from './sample-ring.ts';

const BLOCK_SAMPLES = 128;

/** One answer on its way out: what has arrived, at its own rate, and what has left, at the context's rate. */
export class PlaybackStream {
  readonly rateHz: number;
  readonly #contextRateHz: number;
  readonly #ring: SampleRing;
  readonly #resampler: Resampler;
  readonly #block = new Float32Array(BLOCK_SAMPLES);
  #blockAt = 0;
  #blockSamples = 0;
  #receivedSamples = 0;
  /** Samples handed out, at the context's rate. */
  #outputSamples = 0;
  #hasEnded = false;
  #lastValue = 0;
  /** Copies of the last sample the resampler still has to be given to get the whole answer out of it. */
  #paddingLeft = 0;

  constructor(rateHz: number, contextRateHz: number, capacityMs: number) {
    this.rateHz = rateHz;
    this.#contextRateHz = contextRateHz;
    this.#ring = new SampleRing(Math.ceil((capacityMs / 1000) * rateHz));
    this.#resampler = new Resampler({ fromHz: rateHz, toHz: contextRateHz });
  }

  /** Forgets everything; the memory serves the next answer. */
  restart(): void {
    this.#ring.clear();
    this.#resampler.reset();
    this.#blockAt = 0;
    this.#blockSamples = 0;
    this.#receivedSamples = 0;
    this.#outputSamples = 0;
    this.#hasEnded = false;
    this.#lastValue = 0;
    this.#paddingLeft = 0;
  }

  /** Returns how many samples there was room for. */
  write(pcm: Int16Array): number {
    const accepted = this.#ring.write(pcm);
    this.#receivedSamples += accepted;
    return accepted;
  }

  /** Nothing follows. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#paddingLeft = this.#resampler.delaySamples;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Samples of the answer, at its own rate, whose time is over: output n plays at n / contextRate, so n outputs cover
   * the answer's samples before n * rate / contextRate. The resampler shifts nothing, so its delay does not come in.
   */
  get playedSamples(): number {
    const covered = Math.floor((this.#outputSamples * this.rateHz) / this.#contextRateHz);
    return Math.min(this.#receivedSamples, covered);
  }

  get bufferedMs(): number {
    return ((this.#receivedSamples - this.playedSamples) * 1000) / this.rateHz;
  }

  /** The last sample of the whole answer has been handed out. */
  get isDrained(): boolean {
    return this.#hasEnded && this.#outputSamples === this.#totalOutputSamples;
  }

  /** Hands out up to `count` samples at the context's rate, as many as can be had, and returns how many that was. */
  read(output: Float32Array, count: number): number {
    const wanted = this.#hasEnded ? Math.min(count, this.#totalOutputSamples - this.#outputSamples) : count;
    let made = 0;
    for (;;) {
      made += this.#resampler.read(output, made, wanted - made);
      if (made === wanted || !this.#feedResampler()) break;
    }
    this.#outputSamples += made;
    return made;
  }

  get #totalOutputSamples(): number {
    return this.#resampler.totalOutputSamples(this.#receivedSamples);
  }

  #feedResampler(): boolean {
    if (this.#blockAt === this.#blockSamples) this.#fillBlock();
    if (this.#blockSamples === 0) return false;
    this.#blockAt += this.#resampler.write(this.#block, this.#blockAt, this.#blockSamples - this.#blockAt);
    return true;
  }

  #fillBlock(): void {
    this.#blockAt = 0;
    this.#blockSamples = this.#ring.read(this.#block, BLOCK_SAMPLES);
    if (this.#blockSamples > 0) {
      this.#lastValue = this.#block[this.#blockSamples - 1]!;
    } else {
      // An answer that is cut short ends in mid-wave. Silence behind it would ring; a constant can be faded out.
      this.#blockSamples = Math.min(this.#paddingLeft, BLOCK_SAMPLES);
      this.#block.fill(this.#lastValue, 0, this.#blockSamples);
      this.#paddingLeft -= this.#blockSamples;
    }
  }
}
