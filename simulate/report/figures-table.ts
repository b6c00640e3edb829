import { DEAD_AIR_MS, type Figures } from './figures.ts';
import { percentile } from './statistics.ts';

export interface CallFigures {
  caller: string;
  figures: Figures;
}

const HEAD = [
  ...['caller', 'turns', 'latency ms', 'p95', 'missed', 'cut-ins', 'yield ms', 'p95', 'yielded'],
  ...['false stops', 'overlap', `over ${DEAD_AIR_MS / 1000} s`, 'length s', 'took s'],
];

/** One line for each call, and one for all of them where there are several. */
export function toFiguresTable(calls: readonly CallFigures[]): string {
  const all = calls.length > 1 ? [{ caller: 'all', figures: together(calls.map(({ figures }) => figures)) }] : [];
  const rows = [...calls, ...all].map(toRow);
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const toLine = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return [toLine(HEAD), toLine(widths.map((width) => '-'.repeat(width))), ...rows.map(toLine)].join('\n');
}

function toRow({ caller, figures }: CallFigures): string[] {
  const { responseLatenciesMs, yieldTimesMs, interruptions, backchannels, deadAirMs, durationMs } = figures;
  const ofAll = (count: number, all: number): string => (all === 0 ? '–' : `${count} of ${all}`);
  return [
    ...[caller, String(figures.turns), inMs(responseLatenciesMs, 0.5), inMs(responseLatenciesMs, 0.95)],
    ...[String(figures.missedTurns), String(figures.cutIns), inMs(yieldTimesMs, 0.5), inMs(yieldTimesMs, 0.95)],
    ...[ofAll(yieldTimesMs.length, interruptions), ofAll(figures.falseStops, backchannels)],
    `${((100 * figures.overlapMs) / Math.max(1, durationMs)).toFixed(1)} %`,
    deadAirMs.length === 0 ? '0' : `${deadAirMs.length}: ${inSeconds(sum(deadAirMs))} s`,
    ...[inSeconds(durationMs), inSeconds(figures.wallMs)],
  ];
}

const inMs = (values: readonly number[], share: number): string => {
  const value = percentile(values, share);
  return value === undefined ? '–' : String(Math.round(value));
};

const inSeconds = (ms: number): string => (ms / 1000).toFixed(1);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** As if all were one call. */
export function together(all: readonly Figures[]): Figures {
  const added = (of: (figures: Figures) => number): number => sum(all.map(of));
  return {
    durationMs: added(({ durationMs }) => durationMs),
    wallMs: added(({ wallMs }) => wallMs),
    turns: added(({ turns }) => turns),
    responseLatenciesMs: all.flatMap(({ responseLatenciesMs }) => responseLatenciesMs),
    missedTurns: added(({ missedTurns }) => missedTurns),
    cutIns: added(({ cutIns }) => cutIns),
    interruptions: added(({ interruptions }) => interruptions),
    yieldTimesMs: all.flatMap(({ yieldTimesMs }) => yieldTimesMs),
    backchannels: added(({ backchannels }) => backchannels),
    falseStops: added(({ falseStops }) => falseStops),
    overlapMs: added((figures) => figures.overlapMs),
    deadAirMs: all.flatMap(({ deadAirMs }) => deadAirMs),
  };
}
