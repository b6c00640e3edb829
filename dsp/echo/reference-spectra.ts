import { BLOCK, WINDOW } from './blocks.ts';
import { RealFft, type Spectrum } from './real-fft.ts';
import type { ReferenceTimeline } from './reference-timeline.ts';

/**
 * Spectra of the reference in windows of two blocks: age 0 ends where the microphone's frame ends, age a lies a blocks
 * before. Filter and delay finder share them, so each is computed once.
 */
export class ReferenceSpectra {
  readonly ages: number;
  readonly #timeline: ReferenceTimeline;
  readonly #fft = new RealFft(WINDOW);
  readonly #slots: Spectrum[];
  readonly #energies: Float32Array;
  readonly #window = new Float32Array(WINDOW);
  #newest = 0;
  #end = -Infinity;

  constructor(timeline: ReferenceTimeline, ages: number) {
    this.ages = ages;
    this.#timeline = timeline;
    this.#slots = Array.from({ length: ages }, () => this.#fft.createSpectrum());
    this.#energies = new Float32Array(ages);
  }

  /** Moves on to the microphone frame that ends at `end`, and takes in what was written late. */
  moveTo(end: number): void {
    const changedFrom = this.#timeline.takeChangedFrom();
    const isNext = end === this.#end + BLOCK;
    if (isNext) this.#newest = (this.#newest + 1) % this.ages;
    const staleFrom = isNext ? Math.min(changedFrom, this.#end) : -Infinity;
    this.#end = end;
    for (let age = 0; age < this.ages && end - age * BLOCK > staleFrom; age++) this.#compute(age);
  }

  at(age: number): Spectrum {
    return this.#slots[this.#slot(age)]!;
  }

  /** Sum of squares of the newer half of the window; exactly 0 only for silence of the whole window. */
  energy(age: number): number {
    return this.#energies[this.#slot(age)]!;
  }

  #slot(age: number): number {
    return (this.#newest - age + this.ages) % this.ages;
  }

  #compute(age: number): void {
    this.#timeline.read(this.#end - age * BLOCK, this.#window);
    let before = 0;
    let energy = 0;
    for (let i = 0; i < BLOCK; i++) {
      before += this.#window[i]! * this.#window[i]!;
      energy += this.#window[BLOCK + i]! * this.#window[BLOCK + i]!;
    }
    const spectrum = this.at(age);
    this.#energies[this.#slot(age)] = energy === 0 && before > 0 ? 1e-30 : energy;
    if (before + energy > 0) this.#fft.forward(this.#window, spectrum);
    else {
      spectrum.re.fill(0);
      spectrum.im.fill(0);
    }
  }
}
