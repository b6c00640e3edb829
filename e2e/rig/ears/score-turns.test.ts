import { describe, expect, it } from 'vitest';
import type { RecordedCall } from '../corpus/recorded-call.ts';
import { CLIENT_RATE_HZ, PIECE_MS, type Told } from './hear-together.ts';
import { scoreTurns } from './score-turns.ts';

const at = (ms: number): number => (ms * CLIENT_RATE_HZ) / 1000;
const started = (ms: number, toldMs: number): Told => ({
  kind: 'started',
  startSample: at(ms),
  piece: toldMs / PIECE_MS - 1,
});
const stopped = (ms: number, toldMs: number): Told => ({
  kind: 'stopped',
  endSample: at(ms + 160),
  piece: toldMs / PIECE_MS - 1,
});

const call = (...spans: [number, number][]): RecordedCall => ({
  id: 'x',
  group: 'x',
  samples: new Float32Array(0),
  turns: spans.map(([onsetMs, offsetMs]) => ({ onsetMs, offsetMs, pauses: [] })),
  interjections: [],
});

const valuesOf = (calls: RecordedCall[], told: Told[][]) =>
  Object.fromEntries(scoreTurns(calls, told).map(({ name, values }) => [name, values]));

describe('scoreTurns', () => {
  it('tells how far onsets and ends are off, and how late they were told', () => {
    const values = valuesOf([call([1_000, 2_000])], [[started(1_020, 1_100), stopped(1_990, 2_500)]]);
    expect(values['onset error']?.[0]).toBeCloseTo(20);
    expect(values['offset error']?.[0]).toBeCloseTo(10);
    expect(values['start told after onset']).toEqual([100]);
    expect(values['end told after offset']).toEqual([500]);
    expect([values['recall'], values['precision'], values['cut in two']]).toEqual([[100], [100], [0]]);
  });

  it('counts what was missed, cut in two, and heard where nobody spoke', () => {
    const told = [
      [started(1_000, 1_100), stopped(1_400, 1_900), started(1_600, 1_700), stopped(2_000, 2_500)],
      [started(5_000, 5_100), stopped(5_200, 5_700)],
    ];
    const values = valuesOf([call([1_000, 2_000]), call([1_000, 2_000])], told);
    expect(values['recall']).toEqual([100, 0]);
    expect(values['precision']).toEqual([100, 100, 0]);
    expect(values['cut in two']).toEqual([100, 0]);
    expect(values['onset error']).toEqual([0]);
  });
});
