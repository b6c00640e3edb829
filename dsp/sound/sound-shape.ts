import { FLOOR_DB, rmsDbfs } from '../level.ts';
import { NoiseFloor } from './noise-floor.ts';

const RATE_HZ = 16_000;
const FRAME_SAMPLES = 512;
/** Where the energy lies: the share above each of these. Nasals end below the first, hiss begins above the last. */
export const EDGES_HZ = [500, 1_000, 2_000, 4_000] as const;
/** Energy that does not rise above the noise of its band is none. */
const LEAST_SHARE_DB = -50;
/** Pitch is looked for at a quarter of the rate, over this frame and the one before it. */
const DECIMATION = 4;
const PITCH_SAMPLES = FRAME_SAMPLES / DECIMATION;
const LONGEST_LAG = Math.floor(RATE_HZ / DECIMATION / 70);
const SHORTEST_LAG = Math.ceil(RATE_HZ / DECIMATION / 420);

/** What one frame sounds like, apart from how loud it is. Reused by the next frame. */
export interface SoundShape {
  /** In dBFS, and over the noise. */
  levelDb: number;
  overFloorDb: number;
  /** Energy above each of EDGES_HZ over all energy, in dB, without the noise. */
  aboveDb: Float32Array;
  /** Of the best pitch between 70 and 420 Hz: 1 repeats itself exactly, 0 not at all. */
  periodicity: number;
}

/** Measures frame after frame of 512 samples at 16 kHz. */
export class SoundShaper {
  readonly #filters = EDGES_HZ.map((hz) => new HighPass(hz, RATE_HZ));
  readonly #floors = [0, ...EDGES_HZ].map(() => new NoiseFloor());
  readonly #band = new Float32Array(FRAME_SAMPLES);
  readonly #pitchBand = new Float32Array(2 * PITCH_SAMPLES);
  readonly #shape: SoundShape = {
    levelDb: 0,
    overFloorDb: 0,
    aboveDb: new Float32Array(EDGES_HZ.length),
    periodicity: 0,
  };

  measure(frame: Float32Array): SoundShape {
    const shape = this.#shape;
    const levelDb = rmsDbfs(frame);
    const floorDb = this.#floors[0]!.push(levelDb);
    const power = signalPower(levelDb, floorDb);
    shape.levelDb = levelDb;
    shape.overFloorDb = levelDb - floorDb;
    this.#band.set(frame);
    for (let i = 0; i < EDGES_HZ.length; i++) {
      // One filter after the other: each sharpens the next.
      this.#filters[i]!.apply(this.#band);
      const bandDb = rmsDbfs(this.#band);
      const share = signalPower(bandDb, this.#floors[i + 1]!.push(bandDb)) / power;
      shape.aboveDb[i] = share > 1e-5 ? Math.min(0, 10 * Math.log10(share)) : LEAST_SHARE_DB;
    }
    shape.periodicity = this.#periodicity(frame);
    return shape;
  }

  reset(): void {
    for (const filter of this.#filters) filter.reset();
    for (const floor of this.#floors) floor.reset();
    this.#pitchBand.fill(0);
  }

  #periodicity(frame: Float32Array): number {
    const band = this.#pitchBand;
    band.copyWithin(0, PITCH_SAMPLES);
    // A mean of four is filter enough: pitch and its first harmonics lie far below 2 kHz.
    for (let i = 0; i < PITCH_SAMPLES; i++) {
      const at = i * DECIMATION;
      band[PITCH_SAMPLES + i] = (frame[at]! + frame[at + 1]! + frame[at + 2]! + frame[at + 3]!) / DECIMATION;
    }
    let best = 0;
    for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag++) best = Math.max(best, correlation(band, lag));
    return best;
  }
}

/** Of the last frame with what came `lag` earlier, normalized. */
function correlation(band: Float32Array, lag: number): number {
  let product = 0;
  let here = 1e-9;
  let there = 1e-9;
  for (let i = PITCH_SAMPLES; i < 2 * PITCH_SAMPLES; i++) {
    const a = band[i]!;
    const b = band[i - lag]!;
    product += a * b;
    here += a * a;
    there += b * b;
  }
  return product / Math.sqrt(here * there);
}

const signalPower = (levelDb: number, floorDb: number): number =>
  Math.max(0, 10 ** (Math.max(FLOOR_DB, levelDb) / 10) - 10 ** (floorDb / 10)) + 1e-12;

/** Second-order Butterworth, by the bilinear transform (R. Bristow-Johnson's cookbook formulas, Q = 1/√2). */
class HighPass {
  readonly #b0: number;
  readonly #a1: number;
  readonly #a2: number;
  #s1 = 0;
  #s2 = 0;

  constructor(cornerHz: number, rateHz: number) {
    const angle = (2 * Math.PI * cornerHz) / rateHz;
    const alpha = Math.sin(angle) / Math.SQRT2;
    this.#b0 = (1 + Math.cos(angle)) / 2 / (1 + alpha);
    this.#a1 = (-2 * Math.cos(angle)) / (1 + alpha);
    this.#a2 = (1 - alpha) / (1 + alpha);
  }

  /** In place. */
  apply(signal: Float32Array): void {
    for (let i = 0; i < signal.length; i++) {
      const x = signal[i]! * this.#b0;
      const y = x + this.#s1;
      this.#s1 = this.#s2 - 2 * x - this.#a1 * y;
      this.#s2 = x - this.#a2 * y;
      signal[i] = y;
    }
  }

  reset(): void {
    this.#s1 = 0;
    this.#s2 = 0;
  }
}
