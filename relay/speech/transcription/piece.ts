import { LIMITS } from '#protocol';

/** A stretch of a recording that is recognised at a time. */
export interface Piece {
  startMs: number;
  endMs: number;
  /** Mono at LIMITS.inputRateHz. */
  samples: Int16Array;
  /** It begins with sound that the piece before ended with: no silence was found to cut at. */
  overlapsMs: number;
  /** Nothing in it can be speech; recognisers make up words for silence. */
  isSilent: boolean;
}

export interface PieceOptions {
  maxMs: number;
  /** A cut is sought from here on. */
  minMs: number;
  /** Of a cut in mid-sound. */
  overlapMs: number;
}

/** Whisper and its kin hear thirty seconds at a time; shorter pieces cost context. */
export const PIECES: PieceOptions = { maxMs: 30_000, minMs: 15_000, overlapMs: 1_000 };

const SAMPLES_PER_MS = LIMITS.inputRateHz / 1000;
const FRAME_MS = 20;
const FRAME_SAMPLES = FRAME_MS * SAMPLES_PER_MS;
/** Shorter gaps lie between the sounds of one word. */
const GAP_FRAMES = 10;
/** What is this much below the loud parts is a pause: quiet voices and noisy rooms have one all the same. */
const PAUSE_BELOW_LOUD = 10 ** (-20 / 10);
const SILENCE_POWER = 10 ** (-60 / 10);
const FULL_SCALE = 32_768;

/** Cuts a recording into pieces of bounded length, in pauses where it has any. */
export class PieceCutter {
  readonly #options: PieceOptions;
  readonly #held: Int16Array;
  #filled = 0;
  #startSample = 0;
  #overlapSamples = 0;

  constructor(options: PieceOptions = PIECES) {
    this.#options = options;
    this.#held = new Int16Array(options.maxMs * SAMPLES_PER_MS);
  }

  /** The pieces that are complete with these samples. */
  push(samples: Int16Array): Piece[] {
    const pieces: Piece[] = [];
    for (let at = 0; at < samples.length;) {
      const part = samples.subarray(at, at + this.#held.length - this.#filled);
      this.#held.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#held.length && at < samples.length) pieces.push(this.#cut());
    }
    return pieces;
  }

  /** The rest, if there is any that was not in a piece yet. */
  finish(): Piece[] {
    return this.#filled > this.#overlapSamples ? [this.#take(this.#filled, this.#filled)] : [];
  }

  #cut(): Piece {
    const pauseAt = findPause(this.#held, this.#options.minMs);
    if (pauseAt !== undefined) return this.#take(pauseAt, pauseAt);
    return this.#take(this.#filled, this.#filled - this.#options.overlapMs * SAMPLES_PER_MS);
  }

  /** Gives the samples up to `end` and goes on from `next`. */
  #take(end: number, next: number): Piece {
    const samples = this.#held.slice(0, end);
    const piece = {
      startMs: this.#startSample / SAMPLES_PER_MS,
      endMs: (this.#startSample + end) / SAMPLES_PER_MS,
      samples,
      overlapsMs: this.#overlapSamples / SAMPLES_PER_MS,
      isSilent: framePowers(samples).every((power) => power < SILENCE_POWER),
    };
    this.#overlapSamples = end - next;
    this.#startSample += next;
    this.#held.copyWithin(0, next, this.#filled);
    this.#filled -= next;
    return piece;
  }
}

/** The pieces of a recording that comes bit by bit. */
export async function* inPieces(samples: AsyncIterable<Int16Array>): AsyncGenerator<Piece, void> {
  const cutter = new PieceCutter();
  for await (const part of samples) yield* cutter.push(part);
  yield* cutter.finish();
}

/** The middle of the quietest pause after `minMs`, in samples. */
function findPause(samples: Int16Array, minMs: number): number | undefined {
  const powers = framePowers(samples);
  const loud = powers.toSorted((a, b) => a - b)[Math.floor(powers.length * 0.9)] ?? 0;
  const limit = Math.max(loud * PAUSE_BELOW_LOUD, SILENCE_POWER);
  let best: { frame: number; power: number } | undefined;
  for (let frame = Math.ceil(minMs / FRAME_MS); frame + GAP_FRAMES <= powers.length; frame++) {
    const power = Math.max(...powers.subarray(frame, frame + GAP_FRAMES));
    // Of equals the latest: longer pieces give a recogniser more to go by.
    if (power < limit && power <= (best?.power ?? Infinity)) best = { frame, power };
  }
  return best && (best.frame + GAP_FRAMES / 2) * FRAME_SAMPLES;
}

/** Mean square of each 20 ms, full scale at 1. */
function framePowers(samples: Int16Array): Float64Array {
  const powers = new Float64Array(Math.ceil(samples.length / FRAME_SAMPLES));
  for (let frame = 0; frame < powers.length; frame++) {
    const end = Math.min(samples.length, (frame + 1) * FRAME_SAMPLES);
    let sum = 0;
    for (let i = frame * FRAME_SAMPLES; i < end; i++) sum += ((samples[i] ?? 0) / FULL_SCALE) ** 2;
    powers[frame] = sum / (end - frame * FRAME_SAMPLES);
  }
  return powers;
}
