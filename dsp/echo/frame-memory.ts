import { BLOCK } from './blocks.ts';

/** The latest frames of the microphone, from which a filter can learn at once when the delay becomes known. */
export class FrameMemory {
  readonly #slots: Float32Array[];
  #newest = 0;
  #frames = 0;

  constructor(capacity: number) {
    this.#slots = Array.from({ length: capacity }, () => new Float32Array(BLOCK));
  }

  get frames(): number {
    return this.#frames;
  }

  clear(): void {
    this.#frames = 0;
  }

  push(frame: Float32Array): void {
    this.#newest = (this.#newest + 1) % this.#slots.length;
    this.#slots[this.#newest]!.set(frame);
    this.#frames = Math.min(this.#frames + 1, this.#slots.length);
  }

  /** `back` 0 is the latest. */
  at(back: number): Float32Array {
    return this.#slots[(this.#newest - back + this.#slots.length) % this.#slots.length]!;
  }
}
