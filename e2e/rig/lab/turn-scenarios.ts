import type { Heard } from '../../../web/conversation/events.ts';
import type { RecordedCall } from '../corpus/recorded-call.ts';
import type { Bar, Measure, ScenarioResult } from '../result.ts';
import { toRate } from '../statistics.ts';
import { firstSyllables } from './first-syllable.ts';
import type { Line } from './line.ts';
import { scoreCall, type TurnScore } from './score.ts';
import type { Subject } from './subjects.ts';

/** A recording and what the ear makes of it. */
export interface HeardCall {
  call: RecordedCall;
  heard: readonly Heard[];
}

/** What the product has to reach; other subjects are only measured. */
export type Bars = Readonly<Record<string, Bar>>;

export const NO_BARS: Bars = {};

/** How a subject takes turns over all these calls. */
export function measureTurns(
  scenario: string,
  subject: Subject,
  calls: readonly HeardCall[],
  line: Line,
  bars: Bars = NO_BARS,
): ScenarioResult {
  const performed = calls.map(({ call, heard }) => ({ call, performance: subject.perform(heard, line) }));
  const scores = performed.map(({ call, performance }) => scoreCall(call, performance));
  const turns = scores.flatMap((score) => score.turns);
  const delays = turns.flatMap(({ voiceToVoiceMs }) => voiceToVoiceMs ?? []);
  const kept = performed.flatMap(({ call, performance }) => firstSyllables(call, performance));
  const measures: Measure[] = [
    { name: 'voice to voice', unit: 'ms', values: delays },
    { name: 'own share', unit: 'ms', values: delays.map((ms) => ms - line.upstreamMs) },
    { name: 'false cut-offs', unit: '%', values: toRate(turns.map(({ isCutOff }) => isCutOff)) },
    { name: 'talked over', unit: '%', values: toRate(turns.map(({ isTalkedOver }) => isTalkedOver)) },
    { name: 'missed ends', unit: '%', values: toRate(turns.map(({ isMissed }) => isMissed)) },
    {
      name: 'wasted requests',
      unit: 'ratio',
      values: scores.map(({ wastedRequests, turns }) => wastedRequests / turns.length),
    },
    { name: 'first 100 ms kept', unit: '%', values: kept },
    ...phases(turns, line),
  ];
  const barred = measures.map((measure) => ({
    ...measure,
    ...(bars[measure.name] && { bar: bars[measure.name] as Bar }),
  }));
  const notes = performed.flatMap(({ call }, i) => toNotes(call, scores[i]?.turns ?? []));
  return { scenario, subject: subject.name, where: 'lab', measures: barred, notes };
}

/** Where the time of each answered turn went; together they are its voice to voice. */
function phases(turns: readonly TurnScore[], line: Line): Measure[] {
  const waits = turns.flatMap(({ waitMs }) => waitMs ?? []);
  const delays = turns.flatMap(({ voiceToVoiceMs }) => voiceToVoiceMs ?? []);
  const fixed = { network: 2 * line.networkMs, model: line.upstreamMs, buffer: line.playbackMs };
  const onTheWayMs = fixed.network + fixed.model + fixed.buffer;
  const always = (name: keyof typeof fixed): Measure => ({ name, unit: 'ms', values: waits.map(() => fixed[name]) });
  return [
    { name: 'wait', unit: 'ms', values: waits },
    always('network'),
    always('model'),
    { name: 'hold', unit: 'ms', values: delays.map((ms, i) => ms - (waits[i] ?? NaN) - onTheWayMs) },
    always('buffer'),
  ];
}

/** Which turns went wrong, so that they can be listened to. */
const toNotes = (call: RecordedCall, turns: readonly TurnScore[]): string[] =>
  turns.flatMap(({ isCutOff, isMissed }, i) => {
    const place = `${call.id}, turn ${i + 1} at ${Math.round(call.turns[i]?.onsetMs ?? 0)} ms`;
    const pauses = call.turns[i]?.pauses.map(({ onsetMs, offsetMs }) => Math.round(offsetMs - onsetMs)).join(', ');
    if (isMissed) return `missed: ${place}`;
    return isCutOff ? `cut off: ${place} (pauses of ${pauses} ms)` : [];
  });
