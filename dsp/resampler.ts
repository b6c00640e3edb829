import { buildPhaseBank, designLowPass } from './kaiser-sinc.ts';

export interface ResamplerOptions {
  fromHz: number;
  toHz: number;
  /**
   * Where the flat part ends, as a share of the smaller Nyquist frequency; the rest, up to Nyquist itself, is the
   * transition. 0.9 keeps 16 kHz speech flat to 7.2 kHz with no alias at all; 0.95 would double cost and delay.
   */
  passband?: number;
  /** Attenuation from the smaller Nyquist frequency on. 90 dB leaves the residue below that of 16-bit samples. */
  stopbandDb?: number;
}

export const MIN_RATE_HZ = 8_000;
export const MAX_RATE_HZ = 192_000;

/** 1 MiB. Rates with next to no common divisor would need more; they get a coarser bank, read between its rows. */
const MAX_BANK_TAPS = 262_144;
/** Linear reading between rows errs by at most (pi / 512)^2 / 8, -106 dB: below the stop band. */
const COARSE_PHASES = 512;
/** Input taken at once; a render quantum (128) and a 20 ms block at 48 kHz (960) both fit. */
const BLOCK_SAMPLES = 1_024;

/**
 * Changes the sample rate of a mono stream, in pieces of any size: how the input is cut up never changes a bit of the
 * output. Output sample n belongs exactly to the instant n / toHz of the input (no shift), so a whole signal of
 * I samples becomes ceil(I * toHz / fromHz) samples, the last ones by `finish()` or `flush()`.
 *
 * Nothing is allocated after construction.
 */
export class Resampler {
  readonly fromHz: number;
  readonly toHz: number;
  /** Input samples that must follow an instant before the output of that instant can be computed. */
  readonly delaySamples: number;

  readonly #taps: number;
  readonly #bank: Float32Array;
  /** Rows per input sample; differs from `#up` only in a coarse bank. */
  readonly #phases: number;
  /** toHz / fromHz in lowest terms is up / down. */
  readonly #up: number;
  readonly #down: number;

  readonly #input: Float32Array;
  #filled = 0;
  /** Where in `#input` the taps of the next output start. */
  #start = 0;
  /** The next output lies `#fraction / #up` of an input sample after the input sample it starts from. */
  #fraction = 0;
  /** Silence still to be put behind the last input sample. */
  #silenceLeft = 0;

  constructor({ fromHz, toHz, passband = 0.9, stopbandDb = 90 }: ResamplerOptions) {
    for (const rateHz of [fromHz, toHz]) {
      if (!Number.isInteger(rateHz) || rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ) {
        throw new RangeError(`sample rate out of range: ${rateHz}`);
      }
    }
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.fromHz = fromHz;
    this.toHz = toHz;
    this.#up = toHz / divisor;
    this.#down = fromHz / divisor;
    if (fromHz === toHz) {
      // Four taps, as the inner loop takes them, of which only the newest counts: an exact copy without delay.
      this.#bank = Float32Array.of(0, 0, 0, 1);
      this.#taps = 4;
      this.#phases = 1;
      this.delaySamples = 0;
    } else {
      const nyquistHz = Math.min(fromHz, toHz) / 2;
      const shape = designLowPass((passband * nyquistHz) / fromHz, nyquistHz / fromHz, stopbandDb);
      this.#taps = 2 * shape.halfSamples;
      this.delaySamples = shape.halfSamples;
      const isCoarse = this.#up > COARSE_PHASES && this.#up * this.#taps > MAX_BANK_TAPS;
      this.#phases = isCoarse ? COARSE_PHASES : this.#up;
      this.#bank = buildPhaseBank(shape, this.#phases, isCoarse ? COARSE_PHASES + 1 : this.#up);
    }
    this.#input = new Float32Array(this.#taps + BLOCK_SAMPLES);
    this.reset();
  }

  /** Forgets everything heard; the next input sample is the first. */
  reset(): void {
    this.#filled = this.#taps - 1 - this.delaySamples;
    this.#input.fill(0, 0, this.#filled);
    this.#start = 0;
    this.#fraction = 0;
    this.#silenceLeft = 0;
  }

  /** Length of the whole output for a stream of `inputSamples`, flushed. */
  totalOutputSamples(inputSamples: number): number {
    return Math.ceil((inputSamples * this.#up) / this.#down);
  }

  /** An upper bound of what `process` writes for `inputSamples`, and `flush` for 0, whatever went before. */
  maxOutputSamples(inputSamples: number): number {
    return this.totalOutputSamples(inputSamples + this.delaySamples) + 1;
  }

  /**
   * Takes in all of `input` and writes whatever can be computed by now to the front of `output`, which must have room
   * for it (`maxOutputSamples`); returns how many samples that was.
   */
  process(input: Float32Array, output: Float32Array): number {
    let taken = 0;
    let made = 0;
    for (;;) {
      made += this.read(output, made, output.length - made);
      if (taken === input.length) break;
      const accepted = this.write(input, taken, input.length - taken);
      if (accepted === 0) throw new RangeError('no room for the output');
      taken += accepted;
    }
    if (this.#isReady()) throw new RangeError('no room for the output');
    return made;
  }

  /** Writes the rest of the stream to `output`, returns how many samples that was, and is ready for a new stream. */
  flush(output: Float32Array): number {
    this.finish();
    const made = this.read(output, 0, output.length);
    if (this.#isReady()) throw new RangeError('no room for the output');
    this.reset();
    return made;
  }

  /** The pulling half of `process`: takes in up to `count` samples, as many as there is room for, which it returns. */
  write(input: Float32Array, offset: number, count: number): number {
    const accepted = Math.min(count, this.#makeRoom(count));
    for (let i = 0; i < accepted; i++) this.#input[this.#filled + i] = input[offset + i]!;
    this.#filled += accepted;
    return accepted;
  }

  /** The other half: gives back up to `count` samples, as many as can be computed by now, which it returns. */
  read(output: Float32Array, offset: number, count: number): number {
    let made = 0;
    while (made < count && this.#isReady()) {
      output[offset + made++] = this.#phases === this.#up ? this.#exactOutput() : this.#coarseOutput();
      this.#fraction += this.#down;
      const whole = Math.floor(this.#fraction / this.#up);
      this.#fraction -= whole * this.#up;
      this.#start += whole;
    }
    return made;
  }

  /** No input follows: `read` now gives the rest, computed as if silence followed. */
  finish(): void {
    this.#silenceLeft = this.delaySamples;
  }

  #isReady(): boolean {
    while (this.#start + this.#taps > this.#filled) {
      if (this.#silenceLeft === 0) return false;
      const silence = Math.min(this.#silenceLeft, this.#makeRoom(this.#silenceLeft));
      this.#input.fill(0, this.#filled, this.#filled + silence);
      this.#filled += silence;
      this.#silenceLeft -= silence;
    }
    return true;
  }

  /** Free space behind the input, after moving it to the front if `wanted` samples would not fit as it is. */
  #makeRoom(wanted: number): number {
    if (this.#filled + wanted > this.#input.length) {
      this.#input.copyWithin(0, this.#start, this.#filled);
      this.#filled -= this.#start;
      this.#start = 0;
    }
    return this.#input.length - this.#filled;
  }

  #exactOutput(): number {
    return dot(this.#bank, this.#fraction * this.#taps, this.#input, this.#start, this.#taps);
  }

  #coarseOutput(): number {
    const position = (this.#fraction * COARSE_PHASES) / this.#up;
    const row = Math.floor(position);
    const before = dot(this.#bank, row * this.#taps, this.#input, this.#start, this.#taps);
    const after = dot(this.#bank, (row + 1) * this.#taps, this.#input, this.#start, this.#taps);
    return before + (position - row) * (after - before);
  }
}

/** A whole signal at once. */
export function resample(input: Float32Array, fromHz: number, toHz: number): Float32Array<ArrayBuffer> {
  const resampler = new Resampler({ fromHz, toHz });
  const output = new Float32Array(resampler.totalOutputSamples(input.length));
  const made = resampler.process(input, output);
  resampler.flush(output.subarray(made));
  return output;
}

/** Four sums side by side, because in a single one every addition waits for the one before: a quarter less time. */
function dot(bank: Float32Array, row: number, input: Float32Array, start: number, taps: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let k = 0; k < taps; k += 4) {
    a += bank[row + k]! * input[start + k]!;
    b += bank[row + k + 1]! * input[start + k + 1]!;
    c += bank[row + k + 2]! * input[start + k + 2]!;
    d += bank[row + k + 3]! * input[start + k + 3]!;
  }
  return a + b + (c + d);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
