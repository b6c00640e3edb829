import { fromDb, rmsDbfs } from '#dsp/level';
import { createRandom } from './random.ts';
import { toSamples } from './recorded-call.ts';

/** The levels of the labelled recordings. */
export const SPEECH_LEVEL_DB = -26;
export const ROOM_TONE_DB = -66;

const FRAME_SAMPLES = toSamples(5);
/** A frame this far below the loudest is no longer part of the speech. */
const SPEECH_RANGE_DB = 35;

/** White noise of the room. */
export function roomTone(samples: number, seed: number, levelDb = ROOM_TONE_DB): Float32Array<ArrayBuffer> {
  const random = createRandom(seed);
  const amplitude = fromDb(levelDb) * Math.sqrt(3);
  return Float32Array.from({ length: samples }, () => amplitude * (2 * random() - 1));
}

/** The same sound at this level, counting only frames that hold speech. */
export function atSpeechLevel(speech: Float32Array, levelDb = SPEECH_LEVEL_DB): Float32Array<ArrayBuffer> {
  const gain = fromDb(levelDb - activeLevelDb(speech));
  return Float32Array.from(speech, (sample) => sample * gain);
}

/** Level of the frames that hold speech, in dBFS. */
export function activeLevelDb(speech: Float32Array): number {
  const levels = frameLevels(speech);
  const threshold = Math.max(...levels) - SPEECH_RANGE_DB;
  const active = levels.filter((level) => level >= threshold);
  const power = active.reduce((sum, level) => sum + fromDb(level) ** 2, 0) / Math.max(1, active.length);
  return 10 * Math.log10(Math.max(power, 1e-12));
}

/** First and last sample of the speech, by energy alone. */
export function speechSpan(sound: Float32Array, rangeDb = SPEECH_RANGE_DB): { from: number; to: number } {
  const levels = frameLevels(sound);
  const threshold = Math.max(...levels) - rangeDb;
  const first = levels.findIndex((level) => level >= threshold);
  const last = levels.findLastIndex((level) => level >= threshold);
  return { from: first * FRAME_SAMPLES, to: (last + 1) * FRAME_SAMPLES };
}

/** The quietest place within `reachMs` of a sample: where sound is cut without cutting a word. */
export function quietestNear(sound: Float32Array, at: number, reachMs: number): number {
  const reach = toSamples(reachMs);
  let best = at;
  let bestDb = Infinity;
  for (let from = Math.max(0, at - reach); from + FRAME_SAMPLES <= Math.min(sound.length, at + reach); from += 16) {
    const level = rmsDbfs(sound.subarray(from, from + FRAME_SAMPLES));
    if (level < bestDb) [best, bestDb] = [from + FRAME_SAMPLES / 2, level];
  }
  return best;
}

/** Mixes `sound` into `into`, beginning at `at`, with ends faded over 3 ms so that a cut makes no click. */
export function mixIn(into: Float32Array, sound: Float32Array, at: number): void {
  const fade = Math.min(toSamples(3), sound.length >> 1);
  for (let i = 0; i < sound.length && at + i < into.length; i++) {
    const gain = Math.min(1, (i + 1) / fade, (sound.length - i) / fade);
    into[at + i] = (into[at + i] ?? 0) + (sound[i] ?? 0) * gain;
  }
}

/** Longer by `ms` of its own last second, played to and fro: the noise of the recording goes on. */
export function prolonged(sound: Float32Array, ms: number, tailMs = 300): Float32Array<ArrayBuffer> {
  const tail = sound.subarray(Math.max(0, sound.length - toSamples(tailMs)));
  const longer = new Float32Array(sound.length + toSamples(ms));
  longer.set(sound);
  for (let i = 0; i < longer.length - sound.length; i++) {
    const at = i % (2 * tail.length);
    longer[sound.length + i] = tail[at < tail.length ? tail.length - 1 - at : at - tail.length] ?? 0;
  }
  return longer;
}

const frameLevels = (sound: Float32Array): number[] =>
  Array.from({ length: Math.floor(sound.length / FRAME_SAMPLES) }, (_, i) =>
    rmsDbfs(sound.subarray(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES)),
  );
