import type { Bar, Sample, SubjectResult } from './result.ts';
import { isFull, LATENCY_STREAMS } from './run-subject.ts';
import type { SubjectName } from './subjects.ts';

/** What the relay has to reach, as far as it was measured. */
export function toBars(results: readonly SubjectResult[]): Bar[] {
  const of = (name: SubjectName) => results.find(({ subject }) => subject === name);
  const bare = of('bare binary')?.streamsPerCore;
  return [
    ...capacityBars('binary', of('binary')?.streamsPerCore, bare, { streams: 400, share: 0.85 }),
    ...capacityBars('JSON', of('JSON')?.streamsPerCore, bare, { streams: 250, share: 0.6 }),
    ...latencyBars('binary', of('binary'), of('none')),
    ...latencyBars('JSON', of('JSON'), of('none')),
  ];
}

function capacityBars(
  name: string,
  streams: number | undefined,
  bare: number | undefined,
  atLeast: { streams: number; share: number },
): Bar[] {
  if (streams === undefined) return [];
  const bars: Bar[] = [
    { name: `${name}: streams per core`, value: streams, unit: 'streams', atLeast: atLeast.streams },
  ];
  if (bare !== undefined && bare > 0) {
    bars.push({ name: `${name} / bare pass-through`, value: streams / bare, unit: 'ratio', atLeast: atLeast.share });
  }
  return bars;
}

function latencyBars(name: string, result: SubjectResult | undefined, floor: SubjectResult | undefined): Bar[] {
  const [own, direct] = [bestLatency(result), bestLatency(floor)];
  if (!own || !direct) return [];
  return [
    { name: `${name}: added p50`, value: own.p50 - direct.p50, unit: 'ms', atMost: 0.1 },
    { name: `${name}: added p99`, value: own.p99 - direct.p99, unit: 'ms', atMost: 2 },
  ];
}

/** The quieter of the runs under the load that counts. */
export function bestLatency(result: SubjectResult | undefined): Sample['latencyMs'] | undefined {
  return result?.samples
    .filter((sample) => sample.streams === LATENCY_STREAMS && isFull(sample))
    .map(({ latencyMs }) => latencyMs)
    .sort((a, b) => a.p99 - b.p99)[0];
}

export const isMet = ({ value, atLeast = -Infinity, atMost = Infinity }: Bar): boolean =>
  value >= atLeast && value <= atMost;

/** A core this busy may be behind with what it was given. */
const BEHIND = 0.9;

/** A stream lost, doubled or changed a frame. What was on its way when counting began or ended is not meant. */
export function isFaulty({ streams, down, up, process }: Sample): boolean {
  if (down.misplaced > 0 || down.foreign > 0) return true;
  if (process && process.cpu > BEHIND) return false;
  const isUpShort = up.arrived > 0 && up.sent - up.held - up.arrived > 5 * streams;
  return isUpShort || down.sent - down.arrived > 2 * streams;
}
