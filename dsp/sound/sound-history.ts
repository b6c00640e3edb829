import { EDGES_HZ, type SoundShape } from './sound-shape.ts';

/** 384 ms: what lasts longer is judged by its latest part. */
const FRAMES = 12;
/** Quieter frames are the room. */
const AUDIBLE_DB = 6;
/** Frames this far below the loudest are on the way in or out, or the breath within a "mm-hm". */
const LOUD_RANGE_DB = 12;
const ABOVE_2_KHZ = EDGES_HZ.indexOf(2_000);

/** The last frames of a sound together. */
export interface SoundSummary {
  /** Level of the first frame against the loudest: about 0 where it began with a burst. */
  attackDb: number;
  /** Level of the last frame against the loudest. */
  decayDb: number;
  periodicity: number;
  /** Change of the spectrum from frame to frame, as the mean over its bands. */
  movementDb: number;
  /** The same between its loud frames only, and their share of energy above 2 kHz. */
  loudMovementDb: number;
  above2kHzDb: number;
}

/** Remembers what the last frames sounded like, in place. */
export class SoundHistory {
  readonly #frames = Array.from({ length: FRAMES }, () => ({
    overFloorDb: 0,
    levelDb: 0,
    aboveDb: new Float32Array(EDGES_HZ.length),
    periodicity: 0,
  }));
  #count = 0;

  push(shape: SoundShape): void {
    const frame = this.#frames[this.#count % FRAMES]!;
    frame.overFloorDb = shape.overFloorDb;
    frame.levelDb = shape.levelDb;
    frame.periodicity = shape.periodicity;
    frame.aboveDb.set(shape.aboveDb);
    this.#count++;
  }

  reset(): void {
    this.#count = 0;
  }

  /** Over the audible ones of the last `frames`; false, and nothing of use written, where there are fewer than two. */
  summarize(frames: number, into: SoundSummary): boolean {
    const back = Math.min(frames, this.#count, FRAMES);
    let audible = 0;
    let firstDb = 0;
    let lastDb = 0;
    let loudestDb = -Infinity;
    let periodicity = 0;
    for (let i = back; i >= 1; i--) {
      const frame = this.#frames[(this.#count - i) % FRAMES]!;
      if (frame.overFloorDb <= AUDIBLE_DB) continue;
      if (audible++ === 0) firstDb = frame.levelDb;
      lastDb = frame.levelDb;
      loudestDb = Math.max(loudestDb, lastDb);
      periodicity += frame.periodicity;
    }
    into.attackDb = firstDb - loudestDb;
    into.decayDb = lastDb - loudestDb;
    into.periodicity = periodicity / Math.max(1, audible);
    into.movementDb = this.#movementDb(back, -Infinity);
    into.loudMovementDb = this.#movementDb(back, loudestDb - LOUD_RANGE_DB);
    into.above2kHzDb = this.#above2kHzDb(back, loudestDb - LOUD_RANGE_DB);
    return audible >= 2;
  }

  #movementDb(back: number, leastDb: number): number {
    let before: Float32Array | undefined;
    let sum = 0;
    let count = 0;
    for (let i = back; i >= 1; i--) {
      const { overFloorDb, levelDb, aboveDb } = this.#frames[(this.#count - i) % FRAMES]!;
      if (overFloorDb <= AUDIBLE_DB || levelDb <= leastDb) continue;
      if (before) {
        sum += distance(before, aboveDb);
        count++;
      }
      before = aboveDb;
    }
    // One loud frame alone is no steady sound.
    return count === 0 ? Infinity : sum / count;
  }

  #above2kHzDb(back: number, leastDb: number): number {
    let sum = 0;
    let count = 0;
    for (let i = back; i >= 1; i--) {
      const { overFloorDb, levelDb, aboveDb } = this.#frames[(this.#count - i) % FRAMES]!;
      if (overFloorDb <= AUDIBLE_DB || levelDb <= leastDb) continue;
      sum += aboveDb[ABOVE_2_KHZ]!;
      count++;
    }
    return sum / Math.max(1, count);
  }
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}
