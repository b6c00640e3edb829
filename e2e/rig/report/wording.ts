import type { Bar, Measure } from '../result.ts';
import { barredFigure, isRate, summarize } from './verdict.ts';

const DIGITS: Record<Measure['unit'], number> = { ms: 0, µs: 1, '%': 1, count: 0, dB: 1, ratio: 2 };

/** A figure with its unit, as a table shows it. */
export function toFigure(value: number, unit: Measure['unit']): string {
  if (Number.isNaN(value)) return '–';
  const shown = value.toFixed(DIGITS[unit]);
  return unit === 'count' || unit === 'ratio' ? shown : `${shown} ${unit}`;
}

/** Rates and counts are told by one figure, durations by two. */
export function toFigures(measure: Measure): string {
  const { unit } = measure;
  const summary = summarize(measure);
  if (isRate(measure)) return toFigure(summary.mean, unit);
  if (unit === 'count') return toFigure(summary.sum, unit);
  if (summary.count === 1) return toFigure(summary.median, unit);
  if (unit === '%') return `${toFigure(summary.median, unit)}, min ${toFigure(summary.min, unit)}`;
  return `${toFigure(summary.median, unit)}, p95 ${toFigure(summary.p95, unit)}`;
}

export function toBar(bar: Bar, unit: Measure['unit']): string {
  const limits = [
    ...(bar.atMost === undefined ? [] : [`≤ ${toFigure(bar.atMost, unit)}`]),
    ...(bar.atLeast === undefined ? [] : [`≥ ${toFigure(bar.atLeast, unit)}`]),
  ];
  return `${bar.of} ${limits.join(', ')}`;
}

export const toVerdict = (measure: Measure & { bar: Bar }): string =>
  `${toFigure(barredFigure(measure.bar, summarize(measure)), measure.unit)} (${toBar(measure.bar, measure.unit)})`;
