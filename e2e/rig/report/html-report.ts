import { TRADE_OFF } from '../lab/trade-off.ts';
import type { ScenarioResult } from '../result.ts';
import { barTable, figureTable, rowsOf } from './html-table.ts';
import { toOutcome, toSeconds, type RigReport } from './rig-report.ts';
import { stripPlot } from './strip-plot.ts';
import { STYLE } from './style.ts';
import { escape } from './svg.ts';
import { tracePlot } from './trace-plot.ts';
import { tradeOffPlot } from './trade-off-plot.ts';
import { failuresOf, isMet } from './verdict.ts';
import { PHASES, waterfallPlot } from './waterfall-plot.ts';

/** One page that needs nothing else: no script, no font, no request. */
export function toHtml(report: RigReport): string {
  const results = report.results.filter(({ scenario }) => scenario !== TRADE_OFF);
  const body = [
    header(report),
    section('Bars', barTable(rowsOf(results))),
    section(
      'Cut-offs against delay',
      plots(figure('Every subject, from impatient to patient; lower left is better', tradeOffPlot(report.results))),
    ),
    section(
      'Where the time goes',
      plots(...perScenario(results).map(([scenario, own]) => figure(scenario, waterfallPlot(own)))),
    ),
    section('Moments', plots(...results.flatMap(traceOf))),
    section('Every value', plots(...strips(results))),
    section('All figures', figureTable(rowsOf(results))),
    section('Notes', results.map(notesOf).join('')),
  ];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Earshot rig</title><style>${STYLE}</style></head><body>${body.join('')}</body></html>`;
}

function header({ results, parts, machine, startedAt, tookMs }: RigReport): string {
  const barred = rowsOf(results).filter(({ measure }) => isMet(measure) !== undefined).length;
  const failed = failuresOf(results).length;
  const verdict =
    failed === 0
      ? `<span class="good">All ${barred} bars are met.</span>`
      : `<span class="bad">${failed} of ${barred} bars are not met.</span>`;
  const { cores, cpu, node, loadBefore, loadAfter } = machine;
  const where = `${cores} cores of ${cpu}, Node ${node}, load ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after`;
  return `<header><h1>Earshot rig</h1><p class="verdict">${verdict}</p><p>${escape(startedAt)}, ${toSeconds(tookMs)}; ${escape(where)}.</p><p>${escape(parts.map(toOutcome).join('; '))}.</p></header>`;
}

const section = (title: string, body: string): string =>
  body === '' ? '' : `<section><h2>${title}</h2>${body}</section>`;

function plots(...figures: readonly string[]): string {
  const shown = figures.filter((each) => each !== '');
  return shown.length === 0 ? '' : `<div class="plots">${shown.join('')}</div>`;
}

const figure = (title: string, plot: string): string =>
  plot === '' ? '' : `<figure><h3>${escape(title)}</h3>${plot}</figure>`;

/** Results of the same scenario, measured in the same place, belong into one plot. */
function perScenario(results: readonly ScenarioResult[]): [string, ScenarioResult[]][] {
  const groups = new Map<string, ScenarioResult[]>();
  for (const result of results) {
    const key = `${result.scenario} (${result.where})`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups];
}

const NOT_IN_STRIPS: readonly string[] = PHASES;

const strips = (results: readonly ScenarioResult[]): string[] =>
  perScenario(results).flatMap(([scenario, own]) => {
    const timed = own.flatMap(({ measures }) => measures.filter(({ unit }) => unit === 'ms' || unit === 'dB'));
    const names = new Set(timed.map(({ name }) => name).filter((name) => !NOT_IN_STRIPS.includes(name)));
    return [...names].map((name) => figure(`${scenario}: ${name}`, stripPlot(name, own)));
  });

const traceOf = ({ scenario, subject, where, trace }: ScenarioResult): string[] =>
  trace ? [figure(`${scenario}, ${subject} (${where})`, tracePlot(trace) + legend())] : [];

const legend = (): string => '<p><span class="s1">microphone</span> · <span class="s0">page</span></p>';

function notesOf({ scenario, subject, where, notes }: ScenarioResult): string {
  if (!notes || notes.length === 0) return '';
  const items = notes.map((note) => `<li>${escape(note)}</li>`).join('');
  return `<details><summary>${escape(`${scenario}, ${subject} (${where})`)}</summary><ul>${items}</ul></details>`;
}
