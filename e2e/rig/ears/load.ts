import { systemClock, type Clock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { createEars } from '../../../relay/vad/ears.ts';
import { workerThreads, type StartThread } from '../../../relay/vad/thread.ts';
import type { TurnDetection } from '../../../relay/vad/turn-detection.ts';
import { loadQuestions } from '../corpus/question.ts';
import { toSamples } from '../corpus/recorded-call.ts';
import { mixIn, roomTone } from '../corpus/sound.ts';
import type { ScenarioResult } from '../result.ts';
import { CLIENT_RATE_HZ, hearTogether, PIECE_MS, toClientPcm } from './hear-together.ts';

const DETECTION: TurnDetection = {
  ...{ type: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 500 },
  ...{ createResponse: true, interruptResponse: true },
};
const CALL_MS = 14_000;
const PIECE_BYTES = (2 * CLIENT_RATE_HZ * PIECE_MS) / 1000;

/** So many clients at once, each sending 20 ms every 20 ms at its own time, to one hearing thread. */
export async function measureLoad(entry: URL, streams: number): Promise<ScenarioResult> {
  const call = await composeCall();
  const [expected = []] = await hearTogether([{ samples: call, detection: DETECTION }]);
  const pieces = [...piecesOf(toClientPcm(call))];
  const spent = { postMs: 0, receiveMs: 0 };
  const ears = createEars({
    ...{ start: timed(workerThreads(entry), spent), logger: silentLogger, threads: 1 },
    clock: timedClock(spent),
  });
  const lagsMs: number[] = [];
  const lines = Array.from({ length: streams }, () => {
    const pushedMs: number[] = [];
    let told = 0;
    const detector = ears.open(CLIENT_RATE_HZ, DETECTION, (signal) => {
      const wanted = expected[told++];
      if (wanted?.kind === signal.kind) lagsMs.push(performance.now() - (pushedMs[wanted.piece] ?? NaN));
    });
    return { detector, pushedMs };
  });
  await systemDelay(1_500);
  spent.postMs = 0;
  spent.receiveMs = 0;
  const pushesUs: number[] = [];
  const fromMs = performance.now();
  const total = pieces.length * streams;
  for (let next = 0; next < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - fromMs) * streams) / PIECE_MS));
    const [beforeMs, before] = [performance.now(), next];
    for (; next < due; next++) {
      const line = lines[next % streams];
      const piece = pieces[Math.floor(next / streams)];
      if (line && piece) {
        line.pushedMs.push(beforeMs);
        line.detector.push(piece);
      }
    }
    if (due > before) pushesUs.push((1000 * (performance.now() - beforeMs)) / (due - before));
    await systemDelay(1);
  }
  const { behindMs } = ears;
  await systemDelay(1_000);
  const { lostMs } = ears;
  await ears.close();
  return {
    scenario: 'ears: many streams on one thread',
    subject: `${streams} streams`,
    where: 'lab',
    measures: [
      { name: 'a push on the main thread', unit: 'µs', values: pushesUs },
      { name: 'sending, a push', unit: 'µs', values: [(1000 * spent.postMs) / total] },
      { name: 'receiving, a push', unit: 'µs', values: [(1000 * spent.receiveMs) / total] },
      { name: 'signal lag', unit: 'ms', values: lagsMs },
      { name: 'signals missing', unit: 'count', values: [expected.length * streams - lagsMs.length] },
      { name: 'furthest behind', unit: 'ms', values: [behindMs] },
      { name: 'sound lost', unit: 'ms', values: [lostMs] },
    ],
  };
}

/** Two questions in a quiet room. */
async function composeCall(): Promise<Float32Array> {
  const call = roomTone(toSamples(CALL_MS), 1);
  const questions = await loadQuestions();
  mixIn(call, questions[0]?.speech ?? new Float32Array(0), toSamples(1_500));
  mixIn(call, questions[1]?.speech ?? new Float32Array(0), toSamples(CALL_MS / 2 + 500));
  return call;
}

function* piecesOf(pcm: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < pcm.length; at += PIECE_BYTES) yield pcm.subarray(at, at + PIECE_BYTES);
}

const systemDelay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The only timers are those upon which collected sound is sent. */
const timedClock = (spent: { postMs: number }): Clock => ({
  nowMs: () => systemClock.nowMs(),
  after: (delayMs, callback) =>
    systemClock.after(delayMs, () => {
      const fromMs = performance.now();
      callback();
      spent.postMs += performance.now() - fromMs;
    }),
});

const timed =
  (start: StartThread, spent: { receiveMs: number }): StartThread =>
  (listener) =>
    start({
      ...listener,
      onMessage: (message) => {
        const fromMs = performance.now();
        listener.onMessage(message);
        spent.receiveMs += performance.now() - fromMs;
      },
    });
