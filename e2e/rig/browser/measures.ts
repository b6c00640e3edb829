import { messageOf } from '#kernel/result';
import type { Bar, Measure, ScenarioResult, Trace } from '../result.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';
import { levelDb } from './locate.ts';
import type { Heard } from './stage.ts';

export const inMs = (name: string, values: number[], bar?: Bar): Measure => measure(name, 'ms', values, bar);

/** A case each: it happened, or it did not. */
export const asRate = (name: string, cases: boolean[], bar?: Bar): Measure =>
  measure(
    name,
    '%',
    cases.map((happened) => (happened ? 100 : 0)),
    bar,
  );

export const asCount = (name: string, count: number, bar?: Bar): Measure => measure(name, 'count', [count], bar);

export function measure(name: string, unit: Measure['unit'], values: number[], bar?: Bar): Measure {
  return { name, unit, values, ...(bar && { bar }) };
}

const STEP_MS = 20;

/** Envelopes of a piece of the recording, with times counted from `fromMs` (on the room's clock). */
export function toTrace(heard: Heard, fromMs: number, toMs: number, marks: Trace['marks']): Trace {
  const envelope = (samples: Float32Array) =>
    Array.from({ length: Math.ceil((toMs - fromMs) / STEP_MS) }, (_, i) => {
      const from = ((fromMs - heard.fromMs + i * STEP_MS) * EAR_RATE_HZ) / 1000;
      return Math.round(levelDb(samples, from, from + (STEP_MS * EAR_RATE_HZ) / 1000) * 10) / 10;
    });
  return {
    stepMs: STEP_MS,
    microphoneDb: envelope(heard.microphone),
    pageDb: envelope(heard.page),
    marks: marks.map(({ atMs, what }) => ({ atMs: atMs - fromMs, what })),
  };
}

/** A scenario that breaks off fails, and leaves the others their results. */
export async function orBrokenOff(
  name: string,
  where: ScenarioResult['where'],
  measureAll: () => Promise<ScenarioResult[]>,
): Promise<ScenarioResult[]> {
  try {
    return await measureAll();
  } catch (error) {
    const measures = [asCount('broken off', 1, { of: 'sum', atMost: 0 })];
    return [{ scenario: name, subject: 'earshot', where, measures, notes: [messageOf(error)] }];
  }
}
