import { TRADE_OFF } from '../lab/trade-off.ts';
import type { Measure } from '../result.ts';
import { toOutcome, toSeconds, type RigReport } from './rig-report.ts';
import { toTextTable } from './text-table.ts';
import { failuresOf } from './verdict.ts';
import { toVerdict } from './wording.ts';

/** What the terminal shows: every measure, then what did not run and what was not reached. */
export function toReportText({ results, parts, machine, tookMs }: RigReport): string {
  const shown = results.filter(({ scenario }) => scenario !== TRADE_OFF);
  const failures = failuresOf(results);
  const { cores, cpu, node, loadBefore, loadAfter } = machine;
  return [
    toTextTable(shown),
    '',
    `${cores} cores of ${cpu}, Node ${node}, load ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after.`,
    `${parts.map(toOutcome).join('; ')}; ${toSeconds(tookMs)} in all.`,
    failures.length === 0 ? 'All bars are met.' : 'Not met:',
    ...failures.map(
      ({ result, measure }) => `  ${result.scenario}, ${result.subject}: ${measure.name} ${verdictOf(measure)}`,
    ),
  ].join('\n');
}

const verdictOf = (measure: Measure): string => (measure.bar ? toVerdict({ ...measure, bar: measure.bar }) : '');
