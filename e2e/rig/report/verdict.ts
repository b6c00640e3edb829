import type { Bar, Measure, ScenarioResult } from '../result.ts';
import { mean, median, percentile, sum } from '../statistics.ts';

/** One measure in figures. */
export interface Summary {
  count: number;
  median: number;
  p95: number;
  mean: number;
  sum: number;
  min: number;
  max: number;
}

export const summarize = ({ values }: Measure): Summary => ({
  count: values.length,
  median: median(values),
  p95: percentile(values, 0.95),
  mean: mean(values),
  sum: sum(values),
  min: percentile(values, 0),
  max: percentile(values, 1),
});

/** Cases that happened or did not; their mean is all there is to say. */
export const isRate = ({ unit, values }: Measure): boolean =>
  unit === '%' && values.length > 1 && values.every((value) => value === 0 || value === 100);

/** The figure a bar is about. */
export function barredFigure(bar: Bar, summary: Summary): number {
  return bar.of === 'rate' ? summary.mean : summary[bar.of];
}

/** Undefined without a bar. Nothing measured is not enough. */
export function isMet(measure: Measure): boolean | undefined {
  const { bar } = measure;
  if (!bar) return undefined;
  const figure = barredFigure(bar, summarize(measure));
  return figure <= (bar.atMost ?? Infinity) && figure >= (bar.atLeast ?? -Infinity);
}

export interface Failure {
  result: ScenarioResult;
  measure: Measure;
}

export const failuresOf = (results: readonly ScenarioResult[]): Failure[] =>
  results.flatMap((result) =>
    result.measures.filter((measure) => isMet(measure) === false).map((measure) => ({ result, measure })),
  );
