import { bestLatency, isFaulty, isMet } from './bars.ts';
import type { Bar, CapacityReport, SubjectResult } from './result.ts';
import { isDisturbed, isFull, LATENCY_STREAMS } from './run-subject.ts';

const HEAD = ['subject', 'streams', 'ratio', 'us/up', 'us/down', 'KB/stream', 'p50 ms', 'p99', 'p99.9', 'heap KB/s'];

/** What the terminal shows. */
export function toReportText({ results, bars, machine, load, tookMs }: CapacityReport): string {
  const bare = results.find(({ subject }) => subject === 'bare binary')?.streamsPerCore;
  const missed = bars.filter((bar) => !isMet(bar));
  const { upFramesPerSecond, upBytes, downFramesPerSecond, downBytes, cpuLimit } = load;
  const { cores, cpu, node, isPinned, loadBefore, loadAfter } = machine;
  return [
    toTable([HEAD, ...results.map((result) => toRow(result, bare))]),
    '',
    `streams: full-duplex, at ${cpuLimit * 100} % of one core; each ${upFramesPerSecond} x ${upBytes} B up and ${downFramesPerSecond} x ${downBytes} B down a second, all the time.`,
    `us: CPU of each frame up and down. ms: a down frame's way from the upstream to the client at ${LATENCY_STREAMS} streams, or the load before it.`,
    ...results.flatMap(({ subject, note }) => (note === undefined ? [] : [`${subject}: ${note}.`])),
    ...results.flatMap(toTroubles),
    '',
    ...bars.map((bar) => `${isMet(bar) ? 'met    ' : 'NOT MET'}  ${bar.name}: ${toFigure(bar)}`),
    bars.length === 0
      ? 'No bar could be measured.'
      : missed.length === 0
        ? 'All bars that were measured are met.'
        : `${missed.length} bars are not met.`,
    `${cores} cores of ${cpu}, Node ${node}, ${isPinned ? 'one core each for relay and generator' : 'cores not kept apart'}; load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after; ${Math.round(tookMs / 1000)} s.`,
  ].join('\n');
}

function toRow(result: SubjectResult, bare: number | undefined): string[] {
  const { subject, samples, streamsPerCore, perUpFrameUs, perDownFrameUs, rssPerStreamBytes } = result;
  const latency = bestLatency(result) ?? samples.findLast(isFull)?.latencyMs;
  const grown = samples.findLast(isFull);
  const perSecond = grown?.heapGrowthBytes === undefined ? undefined : grown.heapGrowthBytes / grown.seconds;
  const ratio = bare === undefined || streamsPerCore === undefined ? undefined : streamsPerCore / bare;
  return [
    ...[subject, toFixed(streamsPerCore, 0), toFixed(ratio, 2), toFixed(perUpFrameUs, 1), toFixed(perDownFrameUs, 1)],
    ...[toFixed(rssPerStreamBytes, 0, 1024), toFixed(latency?.p50, 3), toFixed(latency?.p99, 2)],
    ...[toFixed(latency?.p999, 2), toFixed(perSecond, 0, 1024)],
  ];
}

const toFixed = (value: number | undefined, digits: number, per = 1): string =>
  value === undefined ? '-' : (value / per).toFixed(digits);

function toTroubles({ subject, samples, notMeasured }: SubjectResult): string[] {
  return [
    ...(notMeasured === undefined ? [] : [`${subject}: broke off: ${notMeasured}`]),
    ...samples.filter(isFaulty).map(({ streams }) => `${subject}: frames were lost or changed at ${streams} streams`),
    ...samples
      .filter(isDisturbed)
      .map(({ streams }) => `${subject}: other programs were using its core at ${streams} streams; not counted`),
    ...samples
      .filter(({ generator }) => generator.share < 0.99)
      .map(({ streams }) => `${subject}: the generator could not keep up at ${streams} streams`),
  ];
}

function toFigure({ value, unit, atLeast, atMost }: Bar): string {
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return `${unit === 'streams' ? value : value.toFixed(2)} ${unit} (${bound})`;
}

function toTable(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const pad = (cell: string, i: number) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0));
  return rows.map((row) => row.map(pad).join('  ')).join('\n');
}
