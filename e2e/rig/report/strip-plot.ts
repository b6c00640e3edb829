import type { Measure, ScenarioResult } from '../result.ts';
import { median, percentile } from '../statistics.ts';
import { subjectClasses } from './subject-colors.ts';
import { drawing, px, text, toScale, xAxis, type Frame } from './svg.ts';

const ROW = 38;

/** Every single value of one measure, a row for each subject, with marks at the median and at p95. */
export function stripPlot(name: string, results: readonly ScenarioResult[]): string {
  const rows = results.flatMap(({ subject, measures }) => {
    const measure = measures.find((each) => each.name === name);
    return measure && measure.values.length > 1 ? [{ subject, measure }] : [];
  });
  const unit = rows[0]?.measure.unit;
  if (unit === undefined) return '';
  const frame: Frame = { width: 360, height: 52 + rows.length * ROW, left: 8, right: 12, top: 8, bottom: 36 };
  const all = rows.flatMap(({ measure }) => measure.values);
  const x = toScale([Math.min(0, ...all), Math.max(...all)], [frame.left, frame.width - frame.right]);
  const classes = subjectClasses(rows.map(({ subject }) => subject));
  const strips = rows.map(({ subject, measure }, i) =>
    strip(x, frame.top + i * ROW, subject, measure, classes.get(subject) ?? 's0'),
  );
  const words = rows.map(({ subject, measure }) => `${subject} ${describe(measure)}`).join('; ');
  return drawing(frame, `${name}: ${words}`, xAxis(frame, x, unit) + strips.join(''));
}

function strip(
  x: (value: number) => number,
  y: number,
  subject: string,
  { values, unit, bar }: Measure,
  color: string,
): string {
  // One path for all of them: hundreds of elements would make the page slow.
  const ticks = values.map((value) => `M${px(x(value))} ${y + 18}v10`).join('');
  const marks = [median(values), percentile(values, 0.95)].map((value) => `M${px(x(value))} ${y + 14}v18`).join('');
  const limit = bar?.atMost === undefined ? '' : `<path class="limit" d="M${px(x(bar.atMost))} ${y + 12}v22"/>`;
  const label = text(8, y + 12, `${subject} (n ${values.length}): ${describe({ values, unit })}`);
  return `<g class="${color}">${label}<path class="values" d="${ticks}"/><path class="mark" d="${marks}"/></g>${limit}`;
}

const describe = ({ values, unit }: Pick<Measure, 'values' | 'unit'>): string =>
  `median ${round(median(values))}, p95 ${round(percentile(values, 0.95))} ${unit}`;

const round = (value: number): number => Math.round(value * 10) / 10;
