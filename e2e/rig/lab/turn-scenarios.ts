import type { RecordedCall } from '../corpus/recorded-call.ts';
import type { Measure, ScenarioResult } from '../result.ts';
import { toRate } from '../statistics.ts';
import type { Heard } from '../../../web/conversation/events.ts';
import type { Line } from './line.ts';
import { scoreCall, type CallScore } from './score.ts';
import type { Subject } from './subjects.ts';

/** A recording and what the ear makes of it. */
export interface HeardCall {
  call: RecordedCall;
  heard: readonly Heard[];
}

export const scoreCalls = (subject: Subject, calls: readonly HeardCall[], line: Line): CallScore[] =>
  calls.map(({ call, heard }) => scoreCall(call, subject.perform(heard, line)));

/** How a subject takes turns over all these calls. */
export function measureTurns(
  scenario: string,
  subject: Subject,
  calls: readonly HeardCall[],
  line: Line,
): ScenarioResult {
  const scores = scoreCalls(subject, calls, line);
  const turns = scores.flatMap((score) => score.turns);
  const delays = turns.flatMap(({ voiceToVoiceMs }) => voiceToVoiceMs ?? []);
  const measures: Measure[] = [
    { name: 'voice to voice', unit: 'ms', values: delays },
    { name: 'own share', unit: 'ms', values: delays.map((ms) => ms - line.upstreamMs) },
    { name: 'false cut-offs', unit: '%', values: toRate(turns.map(({ isCutOff }) => isCutOff)) },
    { name: 'talked over', unit: '%', values: toRate(turns.map(({ isTalkedOver }) => isTalkedOver)) },
    { name: 'missed ends', unit: '%', values: toRate(turns.map(({ isMissed }) => isMissed)) },
    { name: 'wasted requests', unit: 'count', values: scores.map(({ wastedRequests }) => wastedRequests) },
  ];
  return { scenario, subject: subject.name, where: 'lab', measures };
}
