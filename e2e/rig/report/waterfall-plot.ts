import type { ScenarioResult } from '../result.ts';
import { median } from '../statistics.ts';
import { drawing, px, text, toScale, xAxis, type Frame } from './svg.ts';

/** Where the time went, in the order in which it passes; measures of these names, in ms. */
export const PHASES = ['wait', 'network', 'model', 'hold', 'buffer'] as const;

const ROW = 34;

/** One bar for each subject: the medians of the phases, one after the other. */
export function waterfallPlot(results: readonly ScenarioResult[]): string {
  const rows = results.flatMap((result) => {
    const phases = PHASES.map((phase) => median(result.measures.find(({ name }) => name === phase)?.values ?? []));
    return phases.some(Number.isNaN) ? [] : [{ subject: result.subject, phases }];
  });
  if (rows.length === 0) return '';
  const frame: Frame = { width: 360, height: 60 + rows.length * ROW, left: 4, right: 12, top: 22, bottom: 36 };
  const longest = Math.max(...rows.map(({ phases }) => total(phases)));
  const x = toScale([0, longest], [frame.left, frame.width - frame.right]);
  const bars = rows.map(({ subject, phases }, i) => {
    const y = frame.top + i * ROW;
    const label = text(frame.left, y + 10, `${subject}: ${Math.round(total(phases))} ms`);
    return label + phases.map((ms, k) => block(x, y + 14, phases.slice(0, k), ms, k)).join('');
  });
  const legend = PHASES.map(
    (phase, k) => `<rect class="p${k}" x="${4 + k * 70}" y="3" width="10" height="10"/>${text(18 + k * 70, 12, phase)}`,
  );
  const words = rows.map(({ subject, phases }) => `${subject} ${Math.round(total(phases))} ms`).join(', ');
  return drawing(
    frame,
    `Where the time goes: ${words}`,
    legend.join('') + xAxis(frame, x, 'ms, medians') + bars.join(''),
  );
}

function block(x: (ms: number) => number, y: number, before: readonly number[], ms: number, phase: number): string {
  const from = x(total(before));
  return ms <= 0
    ? ''
    : `<rect class="p${phase}" x="${px(from)}" y="${y}" width="${px(x(total(before) + ms) - from)}" height="13"/>`;
}

const total = (phases: readonly number[]): number => phases.reduce((sum, ms) => sum + ms, 0);
