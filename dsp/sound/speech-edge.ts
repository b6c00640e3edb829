import { FLOOR_DB } from '../level.ts';

/** 4 ms: shorter than any sound of speech, longer than a period of most voices. */
const BLOCK_SAMPLES = 64;
/** Over the noise: a block of steady noise exceeds the mean by this much about once in a thousand. */
const OVER_FLOOR_DB = 10;
/**
 * Below the loudest block of the last seconds. Tuned with RUN_BLOCKS on the labelled ends of turns in quiet rooms: 34 cuts
 * soft endings (median 16 ms early), 39 takes in breath and the room's answer.
 */
const BELOW_PEAK_DB = 37;
/** 12 ms: single blocks of noise are loud by chance. */
const RUN_BLOCKS = 3;
/** Silence after which the next sound has an onset of its own; the closure of a stop is shorter. */
const GAP_SAMPLES = 1_600;
/** The loudest of the last 5 s, in steps of a third of a second. */
const PEAK_BLOCKS = 80;
const PEAKS = 16;

/**
 * Where sound begins and ends, to 4 ms: frames of 32 ms, and a network that looks back over many of them, know it to
 * about a tenth of a second. What the sound is, it does not know; ask it at the last frame that held voice.
 */
export class SpeechEdge {
  readonly #peaksDb = new Float32Array(PEAKS).fill(FLOOR_DB);
  #peakAt = 0;
  #blocksOfPeak = 0;
  #run = 0;
  #onsetSample = 0;
  #lastLoudSample = 0;

  /** End of the last loud moment, as a position like `endSample` of `push`; 0 before the first. */
  get lastLoudSample(): number {
    return this.#lastLoudSample;
  }

  /** Where the sound began that this moment belongs to; a tenth of a second of silence ends it. 0 before the first. */
  get onsetSample(): number {
    return this.#onsetSample;
  }

  /** Takes a whole number of blocks of 64 samples in [-1, 1] at 16 kHz that end at `endSample`, and the noise around them. */
  push(frame: Float32Array, endSample: number, floorDb: number): void {
    const startSample = endSample - frame.length;
    for (let at = 0; at < frame.length; at += BLOCK_SAMPLES) {
      this.#block(blockDb(frame, at), startSample + at + BLOCK_SAMPLES, floorDb + OVER_FLOOR_DB);
    }
  }

  reset(): void {
    this.#peaksDb.fill(FLOOR_DB);
    this.#run = 0;
    this.#onsetSample = 0;
    this.#lastLoudSample = 0;
  }

  #block(levelDb: number, endSample: number, overFloorDb: number): void {
    if (levelDb > overFloorDb) this.#peaksDb[this.#peakAt] = Math.max(this.#peaksDb[this.#peakAt]!, levelDb);
    const isLoud = levelDb > Math.max(overFloorDb, this.#peakDb() - BELOW_PEAK_DB);
    this.#run = isLoud ? this.#run + 1 : 0;
    if (this.#run >= RUN_BLOCKS) {
      const startSample = endSample - this.#run * BLOCK_SAMPLES;
      if (startSample - this.#lastLoudSample > GAP_SAMPLES || this.#lastLoudSample === 0)
        this.#onsetSample = startSample;
      this.#lastLoudSample = endSample;
    }
    if (++this.#blocksOfPeak === PEAK_BLOCKS) this.#nextPeak();
  }

  #nextPeak(): void {
    this.#blocksOfPeak = 0;
    this.#peakAt = (this.#peakAt + 1) % PEAKS;
    this.#peaksDb[this.#peakAt] = FLOOR_DB;
  }

  #peakDb(): number {
    let peakDb = FLOOR_DB;
    for (let i = 0; i < PEAKS; i++) peakDb = Math.max(peakDb, this.#peaksDb[i]!);
    return peakDb;
  }
}

function blockDb(frame: Float32Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + BLOCK_SAMPLES; i++) sum += frame[i]! * frame[i]!;
  return sum > 0 ? Math.max(FLOOR_DB, 10 * Math.log10(sum / BLOCK_SAMPLES)) : FLOOR_DB;
}
