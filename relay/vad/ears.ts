import { availableParallelism } from 'node:os';
import { systemClock, type Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { Problem, Result } from '#kernel/result';
import { toCalibrated } from '#models/calibrated';
import { thresholdFor, type EndOfTurnModel } from '#models/registry/end-of-turn';
import { SILERO } from '#models/vad/silero';
import { Errands } from './errands.ts';
import { HearingThread } from './hearing-thread.ts';
import { StreamEnd } from './stream-end.ts';
import type { StartThread } from './thread.ts';
import type { Ears } from './turn-detection.ts';

export interface EarsOptions {
  /** `workerThreads(new URL('./vad-worker.js', import.meta.url))` in a built relay, `inProcess` elsewhere. */
  start: StartThread;
  logger: Logger;
  clock?: Clock;
  /** How many hear; one more does what is not in a hurry. */
  threads?: number;
  /** For turns that end by sounding finished; without it the speaker's pauses decide. */
  endOfTurn?: EndOfTurnFile;
}

export interface EndOfTurnFile {
  model: Pick<EndOfTurnModel, 'threshold' | 'languageThresholds'>;
  /** Path of the checked file. Asked for at each pause, so it may come later, or go. */
  file(): Promise<Result<string, Problem>>;
}

export interface CreatedEars extends Ears {
  /** Milliseconds of sound that nobody heard because the threads fell behind or died, of all streams together. */
  readonly lostMs: number;
  /** What the stream that is furthest behind has still to hear. */
  readonly behindMs: number;
}

/** Threads that listen are started with the first stream. */
export function createEars(options: EarsOptions): CreatedEars {
  const { start, logger, clock = systemClock, endOfTurn, threads = defaultThreads() } = options;
  const parts = { start, logger, clock };
  const errands = new Errands(parts);
  const judge = endOfTurn && ((audio: Float32Array<ArrayBuffer>) => judgeWith(errands, endOfTurn, audio));
  const hearing: HearingThread[] = [];
  let nextId = 1;
  return {
    open(rateHz, detection, listener) {
      const thread = leastLoaded(hearing, threads) ?? new HearingThread({ ...parts, ...(judge && { judge }) });
      if (!hearing.includes(thread)) hearing.push(thread);
      const hasJudge = judge !== undefined;
      const end = new StreamEnd({ id: nextId++, thread, rateHz, detection, hasJudge, listener });
      thread.open(end);
      return end;
    },
    toModelRate: (pcm, rateHz) => (rateHz === SILERO.rateHz ? Promise.resolve(pcm) : errands.convert(pcm, rateHz)),
    async close() {
      await Promise.all([...hearing.map((thread) => thread.stop()), errands.close()]);
    },
    get behindMs() {
      return Math.max(0, ...hearing.map(({ behindMs }) => behindMs));
    },
    get lostMs() {
      return hearing.reduce((sum, { lostMs }) => sum + lostMs, 0);
    },
  };
}

/** One core is left to the sockets; two hear four hundred streams. */
const defaultThreads = (): number => Math.max(1, Math.min(2, availableParallelism() - 1));

/** Undefined: another one is worth starting. */
function leastLoaded(running: readonly HearingThread[], threads: number): HearingThread | undefined {
  const least = running.reduce<HearingThread | undefined>(
    (best, thread) => (best && best.load <= thread.load ? best : thread),
    undefined,
  );
  return running.length < threads && least?.load !== 0 ? undefined : least;
}

async function judgeWith(
  errands: Errands,
  { model, file }: EndOfTurnFile,
  audio: Float32Array<ArrayBuffer>,
): Promise<number | undefined> {
  const path = await file();
  const probability = path.ok ? await errands.judge(audio, path.value) : undefined;
  return probability === undefined ? undefined : toCalibrated(probability, thresholdFor(model));
}
