import type { ScenarioResult } from '../result.ts';
import { sum } from '../statistics.ts';
import type { Line } from './line.ts';
import type { Subject } from './subjects.ts';
import type { HeardCall } from './turn-scenarios.ts';

/** Turns that a subject makes of sounds in which nobody speaks. */
export function measurePhantoms(
  scenario: string,
  subject: Subject,
  calls: readonly HeardCall[],
  line: Line,
  hasBar: boolean,
): ScenarioResult {
  const counts = calls.map(({ heard }) => subject.perform(heard, line).ends.length);
  const noisy = calls.flatMap(({ call }, i) => (counts[i] ? [`${call.id}: ${counts[i]}`] : []));
  const minutes = sum(calls.map(({ call }) => call.samples.length)) / 16_000 / 60;
  return {
    scenario,
    subject: subject.name,
    where: 'lab',
    measures: [
      { name: 'phantom turns', unit: 'count', values: counts, ...(hasBar && { bar: { of: 'sum', atMost: 0 } }) },
    ],
    notes: [`${minutes.toFixed(1)} minutes.`, ...noisy],
  };
}
