import { levelDb, locate } from './locate.ts';

/** All signals here are mono at this rate. */
export const EAR_RATE_HZ = 16_000;

/** A stretch in which the page played a piece of the answer without a gap. Milliseconds. */
export interface Stretch {
  heardFromMs: number;
  heardToMs: number;
  /** The answer's own position at the beginning of the stretch. */
  answerFromMs: number;
}

const toSamples = (ms: number) => Math.round((ms * EAR_RATE_HZ) / 1000);

/** A stretch is silent below this; a ducked answer is 10 dB above it, the fake device's own silence far below. */
const SILENCE_DB = -56;
const HOP_MS = 5;
/** Zero crossings and closures of plosives are no gaps. */
const JOIN_MS = 25;
/** Long enough to tell one part of the answer from all others. */
const NEEDLE_MS = 240;
/** The answer is above 0.95 even through a fade; another part of it, in the same voice, reaches 0.6. */
const MIN_LIKENESS = 0.8;
/** Less of it could be anything. */
const MIN_NEEDLE_MS = 100;

/** Two audio devices' clocks differ by up to half a percent: in a longer piece the ends would not fit any more. */
const PIECE_MS = 500;

/**
 * What of `answer` (without pauses of its own) is to be heard in `heard`, in the order in which it was played, in pieces
 * of half a second at most. Sounds that are not the answer's, such as cues, are left out. Listens from `fromMs` on.
 */
export function followAnswer(heard: Float32Array, answer: Float32Array, fromMs = 0, toMs = Infinity): Stretch[] {
  const stretches: Stretch[] = [];
  let reachedMs = 0;
  for (const sound of soundsIn(heard, fromMs, Math.min(toMs, (heard.length * 1000) / EAR_RATE_HZ))) {
    let isKnown = false;
    for (const piece of cutUp(sound)) {
      // Within a sound it goes on where it was; an unlikely piece, under a cue perhaps, is taken to do so too.
      const within = isKnown
        ? { fromMs: reachedMs - 20, toMs: reachedMs + 20 }
        : { fromMs: reachedMs - 1_000, toMs: reachedMs + 6_000 };
      const found = find(heard, answer, piece, within);
      isKnown ||= found !== undefined;
      if (!isKnown) continue;
      const answerFromMs = found ?? reachedMs;
      stretches.push({ heardFromMs: piece.fromMs, heardToMs: piece.toMs, answerFromMs });
      reachedMs = answerFromMs + piece.toMs - piece.fromMs;
    }
  }
  return stretches;
}

interface Span {
  fromMs: number;
  toMs: number;
}

/** Where in the answer a sound begins, if it is of the answer at all; `within` bounds the place. */
function find(heard: Float32Array, answer: Float32Array, sound: Span, within: Span): number | undefined {
  // The beginning of a sound may be a fade; what follows tells better where in the answer it is.
  const skipMs = Math.max(0, Math.min(60, sound.toMs - sound.fromMs - NEEDLE_MS));
  const fromMs = sound.fromMs + skipMs;
  const needle = heard.subarray(toSamples(fromMs), toSamples(Math.min(sound.toMs, fromMs + NEEDLE_MS)));
  if (needle.length < toSamples(MIN_NEEDLE_MS)) return undefined;
  const place = locate(needle, answer, toSamples(within.fromMs + skipMs), toSamples(within.toMs + skipMs));
  return place.likeness < MIN_LIKENESS ? undefined : (place.at * 1000) / EAR_RATE_HZ - skipMs;
}

/** The last piece is as long as it happens to be, or longer where the rest would be too short to be told. */
function cutUp({ fromMs, toMs }: Span): Span[] {
  const count = Math.max(1, Math.floor((toMs - fromMs) / PIECE_MS));
  return Array.from({ length: count }, (_, i) => ({
    fromMs: fromMs + i * PIECE_MS,
    toMs: i === count - 1 ? toMs : fromMs + (i + 1) * PIECE_MS,
  }));
}

/** Milliseconds of the answer between two stretches that nobody heard; below 0 what was heard twice. */
export function lostBetween(before: Stretch, after: Stretch): number {
  return after.answerFromMs - (before.answerFromMs + before.heardToMs - before.heardFromMs);
}

export interface Gain {
  atMs: number;
  db: number;
}

export interface GainSpan {
  fromMs: number;
  toMs: number;
  /** At 20 ms a change is seen to a few milliseconds; in longer ones the level itself is steadier. */
  windowMs?: number;
}

/**
 * How loud the answer was heard compared with how it was sent, in windows by their middles, every 5 ms. Outside of all
 * stretches it is -120.
 */
export function gainsDb(
  heard: Float32Array,
  answer: Float32Array,
  trail: readonly Stretch[],
  { fromMs, toMs, windowMs = 20 }: GainSpan,
): Gain[] {
  const around = (samples: Float32Array, middleMs: number) =>
    levelDb(samples, toSamples(middleMs - windowMs / 2), toSamples(middleMs + windowMs / 2));
  const gains: Gain[] = [];
  for (let atMs = fromMs; atMs <= toMs; atMs += HOP_MS) {
    const stretch = trail.find(({ heardFromMs, heardToMs }) => atMs >= heardFromMs && atMs < heardToMs);
    if (!stretch) {
      gains.push({ atMs, db: -120 });
      continue;
    }
    const sentDb = around(answer, atMs + stretch.answerFromMs - stretch.heardFromMs);
    // Nothing to compare with: as loud as a moment ago.
    const db = sentDb < SILENCE_DB ? (gains.at(-1)?.db ?? 0) : around(heard, atMs) - sentDb;
    gains.push({ atMs, db });
  }
  return gains;
}

/** From when on all gains stay below (or above) a bound for `forMs`; NaN if never. */
export function steadyFromMs(gains: readonly Gain[], isThere: (db: number) => boolean, forMs: number): number {
  const needed = Math.ceil(forMs / HOP_MS);
  let run = 0;
  for (const [i, { db }] of gains.entries()) {
    run = isThere(db) ? run + 1 : 0;
    if (run === needed) return gains[i - needed + 1]?.atMs ?? NaN;
  }
  return NaN;
}

function soundsIn(heard: Float32Array, fromMs: number, toMs: number): { fromMs: number; toMs: number }[] {
  const sounds: { fromMs: number; toMs: number }[] = [];
  for (let atMs = fromMs; atMs + HOP_MS <= toMs; atMs += HOP_MS) {
    if (levelDb(heard, toSamples(atMs), toSamples(atMs + HOP_MS)) < SILENCE_DB) continue;
    const last = sounds.at(-1);
    if (last && atMs - last.toMs <= JOIN_MS) last.toMs = atMs + HOP_MS;
    else sounds.push({ fromMs: atMs, toMs: atMs + HOP_MS });
  }
  return sounds;
}
