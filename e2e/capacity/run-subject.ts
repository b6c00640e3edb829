import { messageOf } from '#kernel/result';
import { Generator } from './load/generator.ts';
import { DOWN_FRAMES_PER_SECOND, SPARSE_DOWN_PER_SECOND, UP_FRAMES_PER_SECOND } from './load/sound.ts';
import { measure, type Timing } from './measure.ts';
import type { Sample, SubjectResult } from './result.ts';
import { streamsAt } from './streams-per-core.ts';
import type { Subject } from './subjects.ts';

/** Share of one core that may be in use. */
export const CPU_LIMIT = 0.7;
/** Beyond it a core has no time left to be told apart from an overloaded one. */
const FULL = 0.9;
/** Of the frames that are due: a generator that sends fewer was the bottleneck itself. */
const KEEPING_UP = 0.99;
/** The relay takes 1024 connections; others are a guard for the loopback interface. */
const MAX_STREAMS = 1000;
/** The load of the bars on latency. It is measured twice, as one stall of the machine would decide otherwise. */
export const LATENCY_STREAMS = 250;

/** Whether the sample is of the whole load, both ways. */
export const isFull = ({ downPerSecond }: Sample): boolean => downPerSecond === DOWN_FRAMES_PER_SECOND;

/** Half of the frames wait this long only where nobody gets round to them. */
const WAITING_MS = 5;

/** Frames waited although the program had time to spare: others were using its core, and its share says nothing. */
export const isDisturbed = ({ process, latencyMs }: Sample): boolean =>
  process !== undefined && process.cpu < FULL && latencyMs.p50 > WAITING_MS;

export interface RunOptions extends Timing {
  isPinned: boolean;
  profileTo?: string;
  say(line: string): void;
}

/** Everything about one subject; what breaks off leaves what was measured before it. */
export async function runSubject(subject: Subject, options: RunOptions): Promise<SubjectResult> {
  const { name, note, start, upstream } = subject;
  const generator = new Generator(upstream);
  const samples: Sample[] = [];
  const result = { subject: name, ...(note !== undefined && { note }), samples };
  try {
    const upstreamPort = await generator.listen();
    const started = await start?.(upstreamPort, options);
    try {
      const port = started?.ready ?? upstreamPort;
      const take = async (streams: number, downPerSecond = DOWN_FRAMES_PER_SECOND): Promise<Sample> => {
        const load = { port, wire: subject.wire, streams, downPerSecond };
        const sample = await measure(generator, started?.process, load, options);
        options.say(`${name}: ${toLine(sample)}`);
        samples.push(sample);
        return sample;
      };
      await takeAll(subject, samples, take);
    } finally {
      await started?.process.stop();
    }
  } catch (error) {
    return { ...result, ...toFigures(samples), notMeasured: messageOf(error) };
  } finally {
    generator.close();
  }
  return { ...result, ...toFigures(samples) };
}

async function takeAll(
  { start, streams }: Subject,
  samples: readonly Sample[],
  take: (streams: number, downPerSecond?: number) => Promise<Sample>,
): Promise<void> {
  for (const step of streams) {
    const { process, generator } = await take(step);
    if (step === LATENCY_STREAMS) await take(step);
    if (generator.share < KEEPING_UP || (process && process.cpu > FULL)) break;
  }
  if (!start) return;
  const near = streamsAt(CPU_LIMIT, toPoints(samples));
  if (near !== undefined) await take(Math.min(MAX_STREAMS, Math.max(1, Math.round(near))));
  // The middle one: busy enough for a fair figure, far from overload.
  await take(streams[1] ?? streams[0] ?? 1, SPARSE_DOWN_PER_SECOND);
}

const toPoints = (samples: readonly Sample[]) =>
  samples
    .filter((sample) => isFull(sample) && !isDisturbed(sample))
    .flatMap(({ streams, process, generator }) =>
      process && generator.share >= KEEPING_UP ? [{ streams, cpu: process.cpu }] : [],
    );

function toFigures(samples: readonly Sample[]): Partial<SubjectResult> {
  const figures: Partial<SubjectResult> = {};
  const streams = streamsAt(CPU_LIMIT, toPoints(samples));
  if (streams !== undefined) figures.streamsPerCore = Math.floor(streams);
  const sparse = samples.find((sample) => !isFull(sample));
  const full = samples.findLast((sample) => isFull(sample) && sample.streams === sparse?.streams);
  if (sparse?.process && full?.process) {
    const perStreamUs = 1e6 / sparse.streams;
    const more = full.downPerSecond - sparse.downPerSecond;
    const downUs = ((full.process.cpu - sparse.process.cpu) * perStreamUs) / more;
    figures.perDownFrameUs = downUs;
    figures.perUpFrameUs = (sparse.process.cpu * perStreamUs - sparse.downPerSecond * downUs) / UP_FRAMES_PER_SECOND;
  }
  const [first] = samples;
  const largest = samples.toSorted((a, b) => b.streams - a.streams)[0];
  if (first?.process && largest?.process && largest.streams > first.streams) {
    const bytes = largest.process.rssBytes - first.process.rssBytes;
    figures.rssPerStreamBytes = bytes / (largest.streams - first.streams);
  }
  return figures;
}

const toLine = ({ streams, process, latencyMs: { p50, p99 }, downPerSecond }: Sample): string =>
  [
    `${streams} streams${downPerSecond === DOWN_FRAMES_PER_SECOND ? '' : `, ${downPerSecond} down a second`}`,
    ...(process ? [`${(process.cpu * 100).toFixed(0)} % of a core`] : []),
    `p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(2)} ms`,
  ].join(', ');
