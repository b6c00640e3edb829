import { resample } from '#dsp/resampler';
import { speak, toFloat, toInt16, VOICE_RATE_HZ } from '../../audio/voice.ts';
import type { Recording } from '../../audio/wav.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';
import { levelDb } from './locate.ts';

/** An answer whose every moment can be recognised in a recording of the page. */
export interface KnownAnswer {
  /** As a server sends it. */
  sound: Recording;
  /** The same, at EAR_RATE_HZ. */
  heard: Float32Array<ArrayBuffer>;
}

const SENTENCES = [
  'The harbour lies in the morning sun and the fishermen mend their nets.',
  'Seven years ago nobody had ever seen a river run so low in autumn.',
  'A good bridge bends a little in the wind and never complains about it.',
  'On Mondays the old library opens late because the cellar has to be aired.',
  'Whoever climbs the tower will see the mountains far beyond the border.',
  'My grandmother used to bake plum cake whenever the neighbours quarrelled.',
];

const FRAME_MS = 10;
const RANGE_DB = 26;
const LEVEL_DBFS = -22;

/**
 * Speech without a pause: whatever falls silent for 10 ms is cut out, so that ducking, stopping and coming back can be
 * seen at any instant and not only where somebody happens to speak. Repeats no sentence within `seconds` of 25.
 */
export async function gaplessAnswer(seconds: number): Promise<KnownAnswer> {
  const pieces: Float32Array[] = [];
  let samples = 0;
  for (let i = 0; samples < seconds * VOICE_RATE_HZ; i++) {
    // A round of its own makes every repetition another text.
    const round = Math.floor(i / SENTENCES.length);
    const text = `${round === 0 ? '' : `Chapter ${round + 1}. `}${SENTENCES[i % SENTENCES.length]}`;
    const piece = withoutPauses(toFloat((await speak(text)).samples));
    pieces.push(piece);
    samples += piece.length;
  }
  const all = new Float32Array(samples);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  const gain = 10 ** ((LEVEL_DBFS - levelDb(all, 0, all.length)) / 20);
  for (let i = 0; i < all.length; i++) all[i]! *= gain;
  return toKnownAnswer({ samples: toInt16(all), rateHz: VOICE_RATE_HZ });
}

/** An answer as people get it, pauses and all. */
export async function naturalAnswer(sentences: number): Promise<KnownAnswer> {
  const text = Array.from({ length: sentences }, (_, i) => SENTENCES[i % SENTENCES.length]).join(' ');
  return toKnownAnswer(await speak(text));
}

function toKnownAnswer(sound: Recording): KnownAnswer {
  return { sound, heard: resample(toFloat(sound.samples), sound.rateHz, EAR_RATE_HZ) };
}

function withoutPauses(samples: Float32Array): Float32Array {
  const frame = (VOICE_RATE_HZ * FRAME_MS) / 1000;
  const loudest = Array.from({ length: Math.floor(samples.length / frame) }, (_, i) =>
    levelDb(samples, i * frame, (i + 1) * frame),
  ).reduce((most, level) => Math.max(most, level), -120);
  const kept = new Float32Array(samples.length);
  let length = 0;
  for (let at = 0; at + frame <= samples.length; at += frame) {
    if (levelDb(samples, at, at + frame) < loudest - RANGE_DB) continue;
    kept.set(samples.subarray(at, at + frame), length);
    length += frame;
  }
  return kept.slice(0, length);
}
