import type { Measure, ScenarioResult } from '../result.ts';
import { escape } from './svg.ts';
import { barredFigure, isMet, isRate, summarize } from './verdict.ts';
import { toBar, toFigure } from './wording.ts';

interface Row {
  result: ScenarioResult;
  measure: Measure;
}

export const rowsOf = (results: readonly ScenarioResult[]): Row[] =>
  results.flatMap((result) => result.measures.map((measure) => ({ result, measure })));

const table = (label: string, head: readonly string[], rows: readonly string[]): string =>
  `<div class="table" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${head.map((title) => `<th scope="col">${title}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;

const number = (figure: string): string => `<td class="n">${figure}</td>`;

/** What had to be reached, and whether it was. */
export const barTable = (rows: readonly Row[]): string =>
  table(
    'Bars',
    ['', 'measure', 'reached', 'bar', 'n', 'median', 'p95'],
    rows.flatMap(({ result, measure }) => toBarRow(result, measure)),
  );

function toBarRow({ scenario, subject, where }: ScenarioResult, measure: Measure): string[] {
  const { bar, unit, name } = measure;
  if (!bar) return [];
  const verdict = isMet(measure) ? '<td class="good">met</td>' : '<td class="bad">not met</td>';
  const what = `<td class="wide"><b>${escape(name)}</b><br>${escape(`${scenario} (${where}${subject === 'earshot' ? '' : `, ${subject}`})`)}</td>`;
  const reached = toFigure(barredFigure(bar, summarize(measure)), unit);
  return [`<tr>${verdict}${what}${number(reached)}<td>${escape(toBar(bar, unit))}</td>${spread(measure)}</tr>`];
}

/** All figures of all measures. */
export const figureTable = (rows: readonly Row[]): string =>
  table('Figures', ['scenario', 'subject', 'where', 'measure', 'n', 'median', 'p95', 'mean', 'sum'], rows.map(toRow));

function toRow({ result, measure }: Row): string {
  const { unit } = measure;
  const words = [result.scenario, result.subject, result.where, measure.name].map((word) => `<td>${escape(word)}</td>`);
  const { mean, sum } = summarize(measure);
  const total = unit === 'count' ? toFigure(sum, unit) : '';
  return `<tr>${words.join('')}${spread(measure)}${number(toFigure(mean, unit))}${number(total)}</tr>`;
}

/** How many, median and p95; of cases that happened or did not, these two say nothing. */
function spread(measure: Measure): string {
  const { count, median, p95 } = summarize(measure);
  const figures = isRate(measure) ? ['', ''] : [median, p95].map((value) => toFigure(value, measure.unit));
  return [String(count), ...figures].map(number).join('');
}
