import { TRADE_OFF } from '../lab/trade-off.ts';
import type { ScenarioResult } from '../result.ts';
import { mean, median } from '../statistics.ts';
import { subjectClasses } from './subject-colors.ts';
import { drawing, px, text, toPath, toScale, xAxis, yAxis, type Frame } from './svg.ts';

const FRAME: Frame = { width: 360, height: 300, left: 34, right: 12, top: 24, bottom: 36 };
const BUDGET = 5;
/** Beyond these nobody would use it, and the rest would be too small to read. */
const MAX_CUT_OFFS = 40;
const MAX_DELAY_MS = 2_700;

interface Point {
  kind: string;
  delayMs: number;
  cutOffs: number;
}

/** False cut-offs against delay: each line is one kind of subject made more and more patient; lower left is better. */
export function tradeOffPlot(results: readonly ScenarioResult[]): string {
  const points = results.filter(({ scenario }) => scenario === TRADE_OFF).flatMap(toPoint);
  if (points.length === 0) return '';
  const x = toScale([0, Math.max(...points.map(({ delayMs }) => delayMs))], [FRAME.left, FRAME.width - FRAME.right]);
  const y = toScale([0, Math.max(...points.map(({ cutOffs }) => cutOffs))], [FRAME.height - FRAME.bottom, FRAME.top]);
  const kinds = [...new Set(points.map(({ kind }) => kind))];
  const classes = subjectClasses(kinds);
  const lines = kinds.map((kind, i) => {
    const own = points
      .filter((point) => point.kind === kind)
      .map(({ delayMs, cutOffs }) => [x(delayMs), y(cutOffs)] as const);
    const dots = own.map(([cx, cy]) => `<circle cx="${px(cx)}" cy="${px(cy)}" r="2.5"/>`).join('');
    const name = `<path class="line" d="M${FRAME.width - 118} ${FRAME.top + 14 + i * 16}h16"/>${text(FRAME.width - 98, FRAME.top + 18 + i * 16, kind)}`;
    return `<g class="${classes.get(kind)}"><path class="line" d="${toPath(own)}"/>${dots}${name}</g>`;
  });
  const budget = `<path class="limit" d="M${FRAME.left} ${px(y(BUDGET))}H${FRAME.width - FRAME.right}"/>${text(FRAME.width - FRAME.right, y(BUDGET) - 4, `${BUDGET} %`, 'class="tick" text-anchor="end"')}`;
  const axes = yAxis(FRAME, y, 'false cut-offs, %') + xAxis(FRAME, x, 'voice to voice, median, ms');
  return drawing(FRAME, 'False cut-offs against voice to voice for every subject', axes + budget + lines.join(''));
}

function toPoint({ subject, measures }: ScenarioResult): Point[] {
  const values = (name: string): readonly number[] => measures.find((measure) => measure.name === name)?.values ?? [];
  const kind = subject.split(' @ ')[0] ?? subject;
  const [delays, cases] = [values('voice to voice'), values('false cut-offs')];
  const point = { kind, delayMs: median(delays), cutOffs: mean(cases) };
  return point.delayMs <= MAX_DELAY_MS && point.cutOffs <= MAX_CUT_OFFS ? [point] : [];
}
