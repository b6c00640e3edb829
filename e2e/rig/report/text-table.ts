import type { Measure, ScenarioResult } from '../result.ts';
import { PHASES } from './waterfall-plot.ts';
import { isMet } from './verdict.ts';
import { toBar, toFigures } from './wording.ts';

const HEAD = ['scenario', 'subject', 'where', 'measure', 'n', 'figure', 'bar', ''];

/** The phases of a delay are for the plot. */
const isTold = ({ name }: Measure): boolean => !(PHASES as readonly string[]).includes(name);

/** All measures as a table for the terminal. */
export function toTextTable(results: readonly ScenarioResult[]): string {
  const rows = results.flatMap(({ scenario, subject, where, measures }) =>
    measures.filter(isTold).map((measure, i) => [
      // Told once for all its measures.
      ...(i === 0 ? [scenario, subject, where] : ['', '', '']),
      ...[measure.name, String(measure.values.length), toFigures(measure)],
      ...[
        measure.bar ? toBar(measure.bar, measure.unit) : '',
        { true: 'met', false: 'NOT MET', undefined: '' }[`${isMet(measure)}`],
      ],
    ]),
  );
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const toLine = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [toLine(HEAD), toLine(widths.map((width) => '-'.repeat(width))), ...rows.map(toLine)].join('\n');
}
