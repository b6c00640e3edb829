import type { RecordedCall } from '../corpus/recorded-call.ts';
import { toSamples } from '../corpus/recorded-call.ts';
import type { Performance } from './performance.ts';

const FIRST_MS = 100;

/**
 * Of the energy of the first 100 ms of each turn, how much lies in what was recorded for it, in %. Turns of which nothing
 * was recorded are missed ends and not counted here.
 */
export function firstSyllables(call: RecordedCall, { opened }: Performance): number[] {
  return call.turns.flatMap(({ onsetMs, offsetMs }) => {
    const recording = opened.find(({ fromMs, atMs }) => atMs > onsetMs && fromMs < offsetMs);
    const whole = energy(call.samples, onsetMs, onsetMs + FIRST_MS);
    return recording
      ? (100 * energy(call.samples, Math.max(onsetMs, recording.fromMs), onsetMs + FIRST_MS)) / whole
      : 0;
  });
}

function energy(samples: Float32Array, fromMs: number, toMs: number): number {
  let sum = 0;
  for (let i = toSamples(fromMs); i < toSamples(toMs); i++) sum += (samples[i] ?? 0) ** 2;
  return sum;
}
