import { describe, expect, it } from 'vitest';
import type { CallRecord, CallTick } from '../call/run-call.ts';
import type { CallerSpan } from '../callers/caller.ts';
import { toSamples } from '../sound/line.ts';
import { toFigures, type Figures } from './figures.ts';
import { toFiguresTable, together } from './figures-table.ts';

const TICK_MS = 200;
const SAMPLE_AT_MS = toSamples(1);

interface Told {
  caller: [CallerSpan['kind'], number, number][];
  agent: [number, number][];
  /** When the server told of somebody who speaks, and the agent was broken off. */
  interruptedAt?: number[];
  endMs?: number;
}

/** A call as written down here, sounding like it. */
function record({ caller, agent, interruptedAt = [], endMs = 10_000 }: Told): CallRecord {
  const ticks = Array.from({ length: endMs / TICK_MS }, (_, i): CallTick => {
    const fromMs = i * TICK_MS;
    const audio = Int16Array.from({ length: toSamples(TICK_MS) }, (_, at) => {
      const ms = fromMs + at / SAMPLE_AT_MS;
      return agent.some(([startMs, stopMs]) => ms >= startMs && ms < stopMs) ? 3_000 * Math.sin(at / 7) : 0;
    });
    const told = interruptedAt.filter((ms) => ms >= fromMs && ms < fromMs + TICK_MS);
    const events = told.map((atMs) => ({ kind: 'speech-started' as const, atMs }));
    const rest = { soundMs: 0, transcript: '', bufferedMs: 0, caller: new Int16Array(audio.length), doing: '' };
    return { audio, interrupted: told.length > 0, events, wallMs: fromMs + TICK_MS, ...rest };
  });
  const spans = caller.map(([kind, startMs, stopMs]) => ({ kind, text: '', startMs, endMs: stopMs }));
  return { tickMs: TICK_MS, ticks, spans, ended: 'done' };
}

const figures = (told: Told): Figures => toFigures(record(told));

describe('the figures of a call', () => {
  it('measures from the end of the caller’s speech to the first sound of the agent', () => {
    const { responseLatenciesMs, missedTurns, cutIns, overlapMs, deadAirMs, turns } = figures({
      caller: [
        ['line', 400, 1_400],
        ['line', 5_000, 6_000],
      ],
      agent: [
        [2_100, 4_000],
        [6_320, 8_000],
      ],
    });
    expect(responseLatenciesMs).toEqual([700, 320]);
    expect({ missedTurns, cutIns, overlapMs, deadAirMs, turns }).toEqual({
      ...{ missedTurns: 0, cutIns: 0, overlapMs: 0, deadAirMs: [], turns: 2 },
    });
  });

  it('takes pauses between words for a part of the answer', () => {
    const { responseLatenciesMs } = figures({
      caller: [['line', 0, 1_000]],
      agent: [
        [1_500, 2_000],
        [2_280, 3_000],
      ],
    });
    expect(responseLatenciesMs).toEqual([500]);
  });

  it('counts a turn nobody answered as missed, and one the agent broke into as cut into', () => {
    const { responseLatenciesMs, missedTurns, cutIns, overlapMs } = figures({
      caller: [
        ['line', 0, 1_000],
        ['repeat', 4_000, 5_000],
      ],
      agent: [[4_800, 6_000]],
    });
    expect(responseLatenciesMs).toEqual([]);
    expect({ missedTurns, cutIns, overlapMs }).toEqual({ missedTurns: 1, cutIns: 1, overlapMs: 200 });
  });

  it('measures how long the agent goes on when it is interrupted, if it gives way', () => {
    const giving = figures({
      caller: [
        ['line', 0, 1_000],
        ['interruption', 3_000, 4_000],
      ],
      agent: [
        [2_000, 3_260],
        [4_500, 6_000],
      ],
      interruptedAt: [3_250],
    });
    expect(giving).toMatchObject({
      interruptions: 1,
      yieldTimesMs: [260],
      responseLatenciesMs: [1_000, 500],
      overlapMs: 260,
    });
    const deaf = figures({
      caller: [
        ['line', 0, 1_000],
        ['interruption', 3_000, 4_000],
      ],
      agent: [[2_000, 6_000]],
    });
    expect(deaf).toMatchObject({ interruptions: 1, yieldTimesMs: [], missedTurns: 1, overlapMs: 1_000 });
  });

  it('counts a stop at a backchannel as false, and one long after it as none of its doing', () => {
    const caller: Told['caller'] = [
      ['line', 0, 1_000],
      ['backchannel', 3_000, 3_300],
    ];
    expect(figures({ caller, agent: [[2_000, 3_400]], interruptedAt: [3_390] })).toMatchObject({
      backchannels: 1,
      falseStops: 1,
    });
    expect(figures({ caller, agent: [[2_000, 6_000]], interruptedAt: [5_900] })).toMatchObject({
      backchannels: 1,
      falseStops: 0,
    });
    // Said when the agent was silent: no test of anything.
    expect(figures({ caller, agent: [[1_500, 2_800]] })).toMatchObject({ backchannels: 0, falseStops: 0 });
  });

  it('counts silence of more than two seconds between the first sound and the last', () => {
    const { deadAirMs } = figures({
      caller: [
        ['line', 3_000, 4_000],
        ['line', 7_500, 8_000],
      ],
      agent: [[6_200, 7_000]],
    });
    expect(deadAirMs).toEqual([2_200]);
  });
});

describe('the table', () => {
  const one = figures({ caller: [['line', 0, 1_000]], agent: [[1_480, 2_000]] });
  const other = figures({ caller: [['line', 0, 1_000]], agent: [[2_000, 3_000]] });

  it('has a line for each call and one for all of them', () => {
    const lines = toFiguresTable([
      { caller: 'one', figures: one },
      { caller: 'other', figures: other },
    ]).split('\n');
    expect(lines.map((line) => line.split(/\s+/).slice(0, 4))).toEqual([
      ['caller', 'turns', 'latency', 'ms'],
      [expect.stringMatching(/^-+$/), expect.anything(), expect.anything(), expect.anything()],
      ['one', '1', '480', '480'],
      ['other', '1', '1000', '1000'],
      ['all', '2', '480', '1000'],
    ]);
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  });

  it('leaves a figure open that no call gave', () => {
    const silent = figures({ caller: [['line', 0, 1_000]], agent: [] });
    expect(toFiguresTable([{ caller: 'one', figures: silent }])).toContain('–');
    expect(together([silent, one])).toMatchObject({ turns: 2, missedTurns: 1, responseLatenciesMs: [480] });
  });
});
