import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../rig/statistics.ts';
import type { Generator, Load } from './load/generator.ts';
import { UP_FRAMES_PER_SECOND } from './load/sound.ts';
import type { Sample } from './result.ts';
import type { SubjectProcess, Usage } from './subject-process.ts';

export interface Timing {
  warmUpMs: number;
  measureMs: number;
}

/** Puts a load on a program and tells what it cost; without one the generator's two ends are joined directly. */
export async function measure(
  generator: Generator,
  subject: SubjectProcess | undefined,
  load: Load,
  { warmUpMs, measureMs }: Timing,
): Promise<Sample> {
  const { streams, downPerSecond } = load;
  await generator.start(load);
  await sleep(warmUpMs);
  const heapBefore = (await subject?.usage('heap'))?.heap;
  // What piled up while it was collecting garbage is not counted.
  await sleep(100);
  const before = await subject?.usage();
  generator.take();
  const fromMs = performance.now();
  await sleep(measureMs);
  const passage = generator.take();
  const seconds = (performance.now() - fromMs) / 1000;
  const after = await subject?.usage();
  const heapAfter = (await subject?.usage('heap'))?.heap;
  await generator.stop();
  const { latenciesMs, sent, misplaced, foreign, upSent, upArrived, held, worstLagMs } = passage;
  const due = streams * seconds * (UP_FRAMES_PER_SECOND + downPerSecond);
  return {
    streams,
    seconds,
    downPerSecond,
    up: { sent: upSent, arrived: upArrived, held },
    down: { sent, arrived: latenciesMs.length, misplaced, foreign },
    generator: { share: (upSent + sent) / due, worstLagMs },
    latencyMs: {
      p50: percentile(latenciesMs, 0.5),
      p99: percentile(latenciesMs, 0.99),
      p999: percentile(latenciesMs, 0.999),
    },
    ...(before && after && { process: toShare(before, after) }),
    ...(heapBefore !== undefined && heapAfter !== undefined && { heapGrowthBytes: heapAfter - heapBefore }),
  };
}

function toShare(before: Usage, after: Usage): NonNullable<Sample['process']> {
  const activeMs = after.activeMs - before.activeMs;
  return {
    cpu: (after.cpuMs - before.cpuMs) / (after.atMs - before.atMs),
    mainLoop: activeMs / (activeMs + after.idleMs - before.idleMs),
    rssBytes: after.rss,
  };
}
