/** Memory of about a second. */
const KEEP = 0.97;
/** Half of what is heard is gone: nothing but the right path does that. */
const PROVEN = 0.5;
/** Frames with something to be heard in which nothing was gone: 2 s. */
const REFUTED_FRAMES = 64;
/** Sum of squares of a block at -70 dBFS. */
const AUDIBLE = 5e-5;

/**
 * Whether a path that was found is one: a talker who speaks into a silent room can look like a delayed answer for a moment,
 * but taking the prediction out of such a voice removes nothing.
 */
export class PathProof {
  #heard = 0;
  #left = 0;
  #frames = 0;
  /** Echo was taken out by this path. */
  isProven = false;

  reset(): void {
    this.#heard = 0;
    this.#left = 0;
    this.#frames = 0;
    this.isProven = false;
  }

  /** No echo was taken out by it in 2 s of sound. */
  get isRefuted(): boolean {
    return !this.isProven && this.#frames >= REFUTED_FRAMES;
  }

  /** Energies of a frame of the microphone while something plays, and of what the filter leaves of it. */
  update(heardEnergy: number, leftEnergy: number): void {
    if (this.isProven || heardEnergy < AUDIBLE) return;
    this.#frames++;
    this.#heard = KEEP * this.#heard + heardEnergy;
    this.#left = KEEP * this.#left + leftEnergy;
    this.isProven = this.#left < PROVEN * this.#heard;
  }
}
