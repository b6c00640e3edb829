import { fromDb } from '#dsp/level';
import { floatToInt16 } from '#dsp/pcm';
import type { CueName } from '../conversation/ports.ts';

export interface Cue {
  rateHz: number;
  pcm: Int16Array<ArrayBuffer>;
}

const RATE_HZ = 24_000;

/** Partials that fade the sooner the higher they are, as a struck bar's do. */
interface Note {
  startMs: number;
  /** The end of the cue; a note rings until then. */
  endMs: number;
  /** The pitch glides in a straight line. */
  fromHz: number;
  toHz: number;
  /** Amplitudes of the partials; a multiple of the pitch each, from 1. */
  partials: readonly number[];
  /** Of the first partial, to a third. */
  decayMs: number;
  attackMs: number;
}

/**
 * Two notes, a sixth up: warm, as the low partials are the strong ones. Over them goes a soft sweep, because the same
 * sound is the probe the echo of the room is measured with: notes alone repeat themselves, and tell no delay.
 */
const LISTENING: readonly Note[] = [
  {
    ...{ startMs: 0, endMs: 300, fromHz: 330, toHz: 340, attackMs: 12, decayMs: 130 },
    partials: [1, 0.75, 0.6, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25],
  },
  {
    ...{ startMs: 110, endMs: 300, fromHz: 554, toHz: 570, attackMs: 12, decayMs: 150 },
    partials: [1, 0.75, 0.6, 0.5, 0.4, 0.3],
  },
  { startMs: 0, endMs: 300, fromHz: 320, toHz: 3_400, attackMs: 40, decayMs: 1_000, partials: [0.8] },
];

/** Short and low, so that it is noticed and not listened to. */
const UNDERSTOOD: readonly Note[] = [
  { startMs: 0, endMs: 80, fromHz: 620, toHz: 520, attackMs: 6, decayMs: 18, partials: [1, 0.25, 0.08] },
];

const CUES: Record<CueName, { notes: readonly Note[]; peakDb: number }> = {
  listening: { notes: LISTENING, peakDb: -20 },
  understood: { notes: UNDERSTOOD, peakDb: -28 },
};

/** To be silent at the end, however long a note still rings. */
const RELEASE_MS = 30;

/** Synthesizes a short sound of our own. The samples are the caller's, to be transferred. */
export function cue(name: CueName): Cue {
  const { notes, peakDb } = CUES[name];
  const mixed = new Float32Array(Math.round((Math.max(...notes.map(({ endMs }) => endMs)) / 1000) * RATE_HZ));
  for (const note of notes) addNote(note, mixed);
  const peak = mixed.reduce((highest, x) => Math.max(highest, Math.abs(x)), 0);
  const scaled = mixed.map((x) => (x / peak) * fromDb(peakDb));
  const pcm = new Int16Array(scaled.length);
  floatToInt16(scaled, pcm);
  return { rateHz: RATE_HZ, pcm };
}

function addNote(note: Note, output: Float32Array): void {
  const { startMs, endMs, fromHz, toHz, partials, decayMs, attackMs } = note;
  const start = Math.round((startMs / 1000) * RATE_HZ);
  const lengthMs = endMs - startMs;
  let phase = 0;
  for (let i = 0; start + i < output.length; i++) {
    const ms = (1000 * i) / RATE_HZ;
    const level = smooth(ms / attackMs) * smooth((lengthMs - ms) / RELEASE_MS);
    let sum = 0;
    partials.forEach((amplitude, k) => {
      sum += amplitude * Math.exp((-ms * Math.sqrt(k + 1)) / decayMs) * Math.sin((k + 1) * phase);
    });
    output[start + i] = (output[start + i] ?? 0) + level * sum;
    phase += (2 * Math.PI * (fromHz + (toHz - fromHz) * (ms / lengthMs))) / RATE_HZ;
  }
}

/** From 0 to 1 without a corner: half a cosine. */
function smooth(share: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, Math.max(0, share)));
}
