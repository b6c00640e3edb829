import { BLOCK } from './blocks.ts';

/** Memory of 2 s of sound. */
const KEEP = 0.984;
/** Quieter output says nothing about what comes back. Sum of squares of a block: -50 dBFS. */
const AUDIBLE = BLOCK * 1e-5;

/** Measures how much of what is played comes back, and how much of that is taken out, from frames without a talker. */
export class EchoGauge {
  #played = 0;
  #removed = 0;
  #heard = 0;
  #left = 0;
  /** Frames with output that went into the measure. */
  frames = 0;

  reset(): void {
    this.#played = 0;
    this.#removed = 0;
    this.#heard = 0;
    this.#left = 0;
    this.frames = 0;
  }

  update(heard: Float32Array, residual: Float32Array, playedEnergy: number, likelihood: number): void {
    if (playedEnergy < AUDIBLE || likelihood < 0.5) return;
    let heardEnergy = 0;
    let leftEnergy = 0;
    let removedEnergy = 0;
    for (let i = 0; i < BLOCK; i++) {
      const removed = heard[i]! - residual[i]!;
      heardEnergy += heard[i]! * heard[i]!;
      leftEnergy += residual[i]! * residual[i]!;
      removedEnergy += removed * removed;
    }
    this.#played = KEEP * this.#played + playedEnergy;
    this.#heard = KEEP * this.#heard + heardEnergy;
    this.#left = KEEP * this.#left + leftEnergy;
    this.#removed = KEEP * this.#removed + removedEnergy;
    this.frames++;
  }

  /** Level of what is heard of it relative to what was played, with everything else that was heard: an upper bound. */
  get heardDb(): number {
    return ratioDb(this.#heard, this.#played);
  }

  /** Level of the predicted echo relative to what was played. */
  get leakDb(): number {
    return ratioDb(this.#removed, this.#played);
  }

  get removedDb(): number {
    return ratioDb(this.#heard, this.#left);
  }
}

const ratioDb = (a: number, b: number): number => 10 * Math.log10((a + 1e-12) / (b + 1e-12));
