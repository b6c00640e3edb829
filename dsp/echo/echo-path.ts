import { BLOCK, RATE_HZ } from './blocks.ts';
import { DelayFinder } from './delay-finder.ts';
import { EchoBound } from './echo-bound.ts';
import { EchoFilter, PARTITIONS } from './echo-filter.ts';
import { EchoGauge } from './echo-gauge.ts';
import { EchoLikelihood } from './echo-likelihood.ts';
import { FrameMemory } from './frame-memory.ts';
import { PathProof } from './path-proof.ts';
import { ReferenceSpectra } from './reference-spectra.ts';
import { ReferenceTimeline } from './reference-timeline.ts';

/** 704 ms of delay can be found; the filter reaches on behind. */
const SEARCHED_AGES = 22;
const AGES = SEARCHED_AGES + PARTITIONS;
/** Nothing of a sound is left to be heard after this. */
const MEMORY_SAMPLES = 0.7 * RATE_HZ;
/** The filter begins at least this much before the sound arrives. */
const LEAD_SAMPLES = 96;
/** A delay that moves by less is still well inside the filter. */
const SLACK_SAMPLES = 1.5 * BLOCK;
/** So many frames in a row in which nothing of the predicted echo arrives: it takes another path now. */
const WRONG_FRAMES = 4;

/**
 * The way from our loudspeaker back into our microphone: finds its delay, learns its response, takes the echo out and
 * says of each frame how likely it holds nothing else. Nothing is allocated after construction.
 */
export class EchoPath {
  readonly #timeline = new ReferenceTimeline();
  readonly #spectra = new ReferenceSpectra(this.#timeline, AGES);
  readonly #finder = new DelayFinder(SEARCHED_AGES);
  readonly #bound = new EchoBound();
  readonly #filter = new EchoFilter();
  readonly #likelihood = new EchoLikelihood();
  readonly #memory = new FrameMemory(SEARCHED_AGES);
  readonly #proof = new PathProof();
  readonly gauge = new EchoGauge();
  #delaySamples: number | undefined;
  #residual: Float32Array = new Float32Array(BLOCK);
  #isActive = false;
  #wrongFrames = 0;
  #frames = 0;

  /** Something was played a moment ago. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** From the playback's time line to the microphone's; absent while not found. */
  get delaySamples(): number | undefined {
    return this.#delaySamples;
  }

  /** The latest frame without the echo; the frame itself while there is none to be taken out. */
  get residual(): Float32Array {
    return this.#residual;
  }

  /** Positions are in samples at 16 kHz on the time line that both sides share. */
  play(pcm: Int16Array, end: number): void {
    this.#timeline.write(pcm, end);
  }

  /** Likelihood, 0 to 1, that all there is to hear in this block is our own loudspeaker. */
  hear(frame: Float32Array, end: number): number {
    this.#residual = frame;
    this.#isActive = end - this.#timeline.soundEnd <= MEMORY_SAMPLES;
    if (!this.#isActive) {
      this.#memory.clear();
      return 0;
    }
    this.#spectra.moveTo(end);
    this.#memory.push(frame);
    this.#frames++;
    // A path that is known is only watched.
    const isSkipped = this.#proof.isProven && this.#frames % 2 === 0;
    const delay = isSkipped ? undefined : this.#finder.update(frame, this.#spectra);
    if (delay !== undefined) this.#locate(delay);
    else if (this.#delaySamples !== undefined) this.#filter.process(frame, this.#spectra);
    if (this.#proof.isProven) return this.#judge(frame);
    const bounded = this.#bound.update(this.#finder.heard, this.#spectra, SEARCHED_AGES);
    // Found, but not proven: it may be a talker's voice that was taken for the answer's.
    if (this.#delaySamples !== undefined) return Math.min(bounded, this.#judge(frame));
    this.gauge.update(frame, frame, this.#spectra.energy(0), bounded);
    return bounded;
  }

  /** Some of what comes back is being taken out. */
  get isProven(): boolean {
    return this.#proof.isProven;
  }

  /** Another loudspeaker, microphone or room: nothing learned holds any more. */
  reset(): void {
    this.#forgetPath();
    this.#bound.reset();
    this.gauge.reset();
  }

  /** Also the clock is another one. */
  restart(): void {
    this.reset();
    this.#timeline.clear();
    this.#isActive = false;
  }

  #forgetPath(): void {
    this.#delaySamples = undefined;
    this.#wrongFrames = 0;
    this.#memory.clear();
    this.#finder.reset();
    this.#likelihood.reset();
    this.#proof.reset();
  }

  #locate(delay: number): void {
    const offset = delay - this.#filter.firstAge * BLOCK;
    const isNew = this.#delaySamples === undefined || offset < 0 || offset > SLACK_SAMPLES;
    this.#delaySamples = delay;
    if (isNew) {
      this.#filter.reset(Math.max(0, Math.floor((delay - LEAD_SAMPLES) / BLOCK)));
      this.#likelihood.reset();
      this.#proof.reset();
      const reach = Math.min(this.#memory.frames, AGES - PARTITIONS - this.#filter.firstAge);
      for (let back = reach - 1; back > 0; back--) this.#filter.process(this.#memory.at(back), this.#spectra, back);
    }
    this.#filter.process(this.#memory.at(0), this.#spectra);
  }

  #judge(frame: Float32Array): number {
    const likelihood = this.#likelihood.update(this.#filter);
    const { residual } = this.#filter;
    const heardEnergy = energy(frame);
    const leftEnergy = energy(residual);
    this.#proof.update(heardEnergy, leftEnergy);
    // Never add to what is heard: a muted microphone holds no echo, and a path not proven may be none.
    if (this.#proof.isProven && leftEnergy < heardEnergy) this.#residual = residual;
    this.gauge.update(frame, this.#residual, this.#spectra.energy(this.#filter.firstAge), likelihood);
    this.#wrongFrames = this.#likelihood.isWrong ? this.#wrongFrames + 1 : 0;
    if (this.#wrongFrames >= WRONG_FRAMES) this.reset();
    else if (this.#proof.isRefuted) this.#forgetPath();
    return likelihood;
  }
}

function energy(block: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += block[i]! * block[i]!;
  return sum;
}
