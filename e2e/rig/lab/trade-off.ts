import type { ScenarioResult } from '../result.ts';
import { mean, median } from '../statistics.ts';
import type { Line } from './line.ts';
import { sweep, SWEPT } from './subjects.ts';
import { measureTurns, type HeardCall } from './turn-scenarios.ts';

/** One setting of one kind of subject: a point of the curve of cut-offs against delay. */
export interface TradeOffPoint {
  kind: string;
  patienceMs: number;
  result: ScenarioResult;
}

export const TRADE_OFF = 'trade-off';
const MAX_CUT_OFFS = 5;

/** Every kind of subject at every patience, over the same turns. */
export const tradeOff = (calls: readonly HeardCall[], line: Line): TradeOffPoint[] =>
  SWEPT.flatMap((kind) =>
    sweep(kind).map(({ patienceMs, subject }) => {
      const named = { ...subject, name: `${kind.name} @ ${patienceMs} ms` };
      return { kind: kind.name, patienceMs, result: measureTurns(TRADE_OFF, named, calls, line) };
    }),
  );

export const valuesOf = (result: ScenarioResult, name: string): number[] =>
  result.measures.find((measure) => measure.name === name)?.values ?? [];

/** The quickest setting of each kind that cuts off at most one turn in twenty, and how it compares with `reference`. */
export function atFewCutOffs(points: readonly TradeOffPoint[], reference: ScenarioResult): ScenarioResult[] {
  const kinds = [...new Set(points.map(({ kind }) => kind))];
  const referenceMs = median(valuesOf(reference, 'voice to voice'));
  return kinds.flatMap((kind) => {
    const patient = points.filter(
      (point) => point.kind === kind && mean(valuesOf(point.result, 'false cut-offs')) <= MAX_CUT_OFFS,
    );
    const quickest = patient.sort((a, b) => delayOf(a) - delayOf(b))[0];
    if (!quickest) return [];
    const gain = referenceMs / delayOf(quickest);
    return {
      scenario: 'at 5 % false cut-offs',
      subject: kind,
      where: 'lab',
      measures: [
        { name: 'voice to voice', unit: 'ms', values: valuesOf(quickest.result, 'voice to voice') },
        { name: 'false cut-offs', unit: '%', values: valuesOf(quickest.result, 'false cut-offs') },
        {
          name: `quicker than ${reference.subject}`,
          unit: 'ratio',
          values: [gain],
          ...(kind === 'earshot' && { bar: { of: 'min', atLeast: 2 } }),
        },
      ],
      notes: [
        `Patience ${quickest.patienceMs} ms. ${reference.subject} takes ${Math.round(referenceMs)} ms with ${mean(valuesOf(reference, 'false cut-offs')).toFixed(1)} % false cut-offs.`,
      ],
    } satisfies ScenarioResult;
  });
}

const delayOf = ({ result }: TradeOffPoint): number => median(valuesOf(result, 'voice to voice'));
