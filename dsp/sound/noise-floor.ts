import { FLOOR_DB } from '../level.ts';

/** Below the noise of any microphone: a muted one, a gate, or the zeros before it has started. Nothing is learned from it. */
const SILENT_DB = -90;
/** Ten frames of 32 ms: even within a word the level falls back that often. */
const BLOCK_FRAMES = 10;
/** 5 s: the longest stretch of speech without a pause that reaches down to the room. */
const BLOCKS = 16;
/** 2.6 s, the time a fan that was switched on must run to be believed. */
const STEADY_BLOCKS = 8;
/** Minima of steady noise lie this close together; those of speech are tens of dB apart, as are those of music. */
const STEADY_SPREAD_DB = 5;
const RISE_DB_PER_FRAME = 0.2;
/** Share of the way down taken by each quieter frame: at once, without believing a single frame altogether. */
const FALL_SHARE = 0.5;

/**
 * Level of the noise between sounds, by tracking minima (after Martin, "Spectral subtraction based on minimum
 * statistics", 1994, in one band). Down at once; up at once where the minima agree, as those of a fan do, and otherwise
 * by 6 dB a second at most towards the least level of the last 5 s, so that it stays below speech.
 * Tuned on recordings of people reading without a pause: it rose by 1.3 dB above the room at most.
 */
export class NoiseFloor {
  readonly #minima = new Float32Array(BLOCKS);
  #blocks = 0;
  #frames = 0;
  #minimumDb = 0;
  #floorDb = FLOOR_DB;

  get floorDb(): number {
    return this.#floorDb;
  }

  /** Takes the RMS level of one frame of 32 ms and returns the floor, both in dBFS. */
  push(levelDb: number): number {
    if (levelDb < SILENT_DB) return (this.#floorDb = FLOOR_DB);
    this.#minimumDb = this.#frames === 0 ? levelDb : Math.min(this.#minimumDb, levelDb);
    if (++this.#frames === BLOCK_FRAMES) this.#endBlock();
    this.#rise();
    if (levelDb < this.#floorDb) this.#floorDb += FALL_SHARE * (levelDb - this.#floorDb);
    return this.#floorDb;
  }

  reset(): void {
    this.#blocks = 0;
    this.#frames = 0;
    this.#floorDb = FLOOR_DB;
  }

  #endBlock(): void {
    this.#minima[this.#blocks % BLOCKS] = this.#minimumDb;
    this.#blocks++;
    this.#frames = 0;
  }

  #rise(): void {
    if (this.#blocks === 0) {
      this.#floorDb = this.#minimumDb;
      return;
    }
    const { least, mean, spread } = this.#recent(STEADY_BLOCKS);
    // Too little heard to tell a fan from a voice: the least there was is the best there is.
    if (this.#blocks < STEADY_BLOCKS) this.#riseTo(least);
    else if (spread <= STEADY_SPREAD_DB) this.#riseTo(mean);
    else this.#riseTo(Math.min(this.#recent(BLOCKS).least, this.#floorDb + RISE_DB_PER_FRAME));
  }

  /** Never above what was heard just now, or the floor would spring back while the past is still being forgotten. */
  #riseTo(targetDb: number): void {
    const heardDb = this.#frames === 0 ? targetDb : this.#minimumDb;
    this.#floorDb = Math.max(this.#floorDb, Math.min(targetDb, heardDb));
  }

  #recent(blocks: number): { least: number; mean: number; spread: number } {
    const count = Math.min(blocks, this.#blocks);
    let least = 0;
    let most = FLOOR_DB;
    let sum = 0;
    for (let i = 1; i <= count; i++) {
      const minimum = this.#minima[(this.#blocks - i) % BLOCKS]!;
      least = Math.min(least, minimum);
      most = Math.max(most, minimum);
      sum += minimum;
    }
    return { least, mean: sum / count, spread: most - least };
  }
}
