import type { ScenarioResult } from '../result.ts';
import { isMet } from './verdict.ts';
import { toBar, toFigures } from './wording.ts';

const HEAD = ['scenario', 'subject', 'where', 'measure', 'n', 'figure', 'bar', ''];

/** All measures as a table for the terminal. Points of a sweep are for the plot and are left out. */
export function toTextTable(results: readonly ScenarioResult[]): string {
  const rows = results.flatMap(({ scenario, subject, where, measures }) =>
    measures.map((measure, i) => [
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
