import type { TurnTimings } from '../../conversation/timings.ts';

const PARTS = [
  ['wait', 'waitMs'],
  ['network', 'networkMs'],
  ['model', 'modelMs'],
  ['hold', 'holdMs'],
  ['buffer', 'bufferMs'],
] as const;

export interface WaterfallSegment {
  name: (typeof PARTS)[number][0];
  ms: number;
  /** Of the drawn whole, 0 to 1. */
  share: number;
}

/** In the order in which they happen; what took no time is left out. */
export function toWaterfall(timings: TurnTimings): WaterfallSegment[] {
  const parts = PARTS.map(([name, key]) => ({ name, ms: Math.max(0, timings[key]) })).filter(({ ms }) => ms >= 0.5);
  const drawnMs = parts.reduce((sum, { ms }) => sum + ms, 0);
  return parts.map((part) => ({ ...part, share: part.ms / drawnMs }));
}
