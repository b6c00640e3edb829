import type { RecordedCall, SpokenTurn } from '../corpus/recorded-call.ts';
import type { Measure } from '../result.ts';
import { toRate } from '../statistics.ts';
import { PIECE_MS, toMs, type Told } from './hear-together.ts';

export interface HeardTurn {
  onsetMs: number;
  /** Without the tail behind it; Infinity for one that did not end. */
  offsetMs: number;
  startedAtMs: number;
  stoppedAtMs: number;
}

/** Kept behind the last voice, on purpose. */
const TAIL_MS = 160;

export function toTurns(told: readonly Told[]): HeardTurn[] {
  const turns: HeardTurn[] = [];
  for (const signal of told) {
    const atMs = (signal.piece + 1) * PIECE_MS;
    if (signal.kind === 'started') {
      turns.push({ onsetMs: toMs(signal.startSample), offsetMs: Infinity, startedAtMs: atMs, stoppedAtMs: Infinity });
    }
    const last = turns.at(-1);
    if (signal.kind === 'stopped' && last) {
      last.offsetMs = toMs(signal.endSample) - TAIL_MS;
      last.stoppedAtMs = atMs;
    }
  }
  return turns;
}

/** Every labelled turn against the turns that overlap it: the first gives its onset, the last its end. */
export function scoreTurns(calls: readonly RecordedCall[], told: readonly (readonly Told[])[]): Measure[] {
  const heard = told.map(toTurns);
  const pairs = calls.flatMap(({ turns }, i) =>
    turns.map((turn) => ({ turn, found: (heard[i] ?? []).filter((found) => overlaps(found, turn)) })),
  );
  const hits = pairs.flatMap(({ turn, found }) => {
    const [first, last] = [found[0], found.at(-1)];
    return first && last ? [{ turn, first, last }] : [];
  });
  const ofTurn = heard.flatMap((turns, i) =>
    turns.map((found) => (calls[i]?.turns ?? []).some((turn) => overlaps(found, turn))),
  );
  return [
    { name: 'recall', unit: '%', values: toRate(pairs.map(({ found }) => found.length > 0)) },
    { name: 'precision', unit: '%', values: toRate(ofTurn) },
    { name: 'cut in two', unit: '%', values: toRate(pairs.map(({ found }) => found.length > 1)) },
    { name: 'onset error', unit: 'ms', values: hits.map(({ turn, first }) => Math.abs(first.onsetMs - turn.onsetMs)) },
    { name: 'offset error', unit: 'ms', values: hits.map(({ turn, last }) => Math.abs(last.offsetMs - turn.offsetMs)) },
    {
      name: 'start told after onset',
      unit: 'ms',
      values: hits.map(({ turn, first }) => first.startedAtMs - turn.onsetMs),
    },
    {
      name: 'end told after offset',
      unit: 'ms',
      values: hits.map(({ turn, last }) => last.stoppedAtMs - turn.offsetMs),
    },
  ];
}

const overlaps = (found: HeardTurn, turn: SpokenTurn): boolean =>
  found.onsetMs < turn.offsetMs && found.offsetMs > turn.onsetMs;
