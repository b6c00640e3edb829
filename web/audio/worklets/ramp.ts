/** A value that moves in a straight line, one step per sample, and arrives exactly. */
export class Ramp {
  #value: number;
  #target: number;
  #step = 0;
  #samplesLeft = 0;

  constructor(value: number) {
    this.#value = value;
    this.#target = value;
  }

  get value(): number {
    return this.#value;
  }

  /** Steps still to go; 0 when it has arrived. */
  get samplesLeft(): number {
    return this.#samplesLeft;
  }

  /** From wherever it is to `target`, at once if there are no samples to do it in. */
  moveTo(target: number, samples = 0): void {
    this.#target = target;
    this.#samplesLeft = Math.max(0, Math.round(samples));
    if (this.#samplesLeft === 0) this.#value = target;
    else this.#step = (target - this.#value) / this.#samplesLeft;
  }

  /** Arrives at once. */
  finish(): void {
    this.#samplesLeft = 0;
    this.#value = this.#target;
  }

  /** Makes a step, and returns the value it led to. */
  next(): number {
    if (this.#samplesLeft === 0) return this.#value;
    this.#samplesLeft--;
    this.#value = this.#samplesLeft === 0 ? this.#target : this.#value + this.#step;
    return this.#value;
  }
}
