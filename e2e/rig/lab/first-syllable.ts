import type { RecordedCall } from '../corpus/recorded-call.ts';
import { toSamples } from '../corpus/recorded-call.ts';
import type { Performance } from './performance.ts';

const FIRST_MS = 100;

/**
 * Of the energy of the first 100 ms of each turn, how much lies in what was recorded for it, in %. Turns of which nothing
 * was recorded are missed ends and not counted here.
 */
export const firstSyllables = ({ turns, samples }: RecordedCall, { opened }: Performance): number[] =>
  turns.flatMap(({ onsetMs, offsetMs }) => {
    const recording = opened.find(({ fromMs, atMs }) => atMs > onsetMs && fromMs < offsetMs);
    if (!recording) return [];
    const firstMs = onsetMs + FIRST_MS;
    const kept = energy(samples, Math.max(onsetMs, recording.fromMs), firstMs);
    return (100 * kept) / energy(samples, onsetMs, firstMs);
  });

function energy(samples: Float32Array, fromMs: number, toMs: number): number {
  let sum = 0;
  for (let i = toSamples(fromMs); i < toSamples(toMs); i++) sum += (samples[i] ?? 0) ** 2;
  return sum;
}
