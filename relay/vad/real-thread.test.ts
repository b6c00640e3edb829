import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '#kernel/logger';
import { ok } from '#kernel/result';
import { pauseModel } from '#models/tools/pause-model';
import { createEars, type CreatedEars, type EndOfTurnFile } from './ears.ts';
import { buildWorker, type BuiltWorker } from './testing/build-worker.ts';
import { semanticVad, serverVad } from './testing/heard-scene.ts';
import { piecesOf, spokenAt } from './testing/spoken.ts';
import { workerThreads } from './thread.ts';
import type { TurnSignal } from './turn-detection.ts';

let built: BuiltWorker;
let ears: CreatedEars;
let endOfTurn: EndOfTurnFile;
let questions = 0;

beforeAll(async () => {
  built = await buildWorker();
  const file = fileURLToPath(new URL('pause.onnx', built.entry));
  await writeFile(file, pauseModel());
  endOfTurn = {
    model: { threshold: 0.5, languageThresholds: {} },
    file: async () => (questions++, ok(file)),
  };
  ears = createEars({ start: workerThreads(built.entry), logger: silentLogger, threads: 1, endOfTurn });
}, 60_000);

afterAll(async () => {
  await ears.close();
  await built.remove();
});

const until = (signals: readonly TurnSignal[], kind: TurnSignal['kind']) =>
  expect.poll(() => signals.map((signal) => signal.kind), { interval: 5, timeout: 30_000 }).toContain(kind);

// Compiling the network takes a machine that is busy with other tests a while.
describe('threads as they are built', { timeout: 60_000 }, () => {
  it('hear several streams, each for itself', async () => {
    const { pcm, onsetMs } = await spokenAt(24_000);
    const streams = Array.from({ length: 3 }, (_, i) => {
      const signals: TurnSignal[] = [];
      const detector = ears.open(24_000, serverVad(500), (signal) => signals.push(signal));
      detector.push(new Uint8Array(i * 4_800));
      return { signals, detector, leadMs: i * 100 };
    });
    for (const { detector } of streams) for (const piece of piecesOf(pcm, 24_000)) detector.push(piece);
    for (const { signals, leadMs } of streams) {
      await until(signals, 'stopped');
      const [started] = signals;
      const atMs = started?.kind === 'started' ? started.startSample / 24 : NaN;
      expect(Math.abs(atMs - leadMs - onsetMs)).toBeLessThan(60);
    }
    for (const { detector } of streams) detector.close();
  });

  it('convert sound', async () => {
    expect(await ears.toModelRate(new Uint8Array(96_000), 24_000)).toHaveLength(64_000);
  });

  it.each([
    ['ends a turn at a pause of 1 s when it is sure', 1e-9, 1, 'stopped'],
    ['keeps one open over a pause of 6 s when it is not', 1 - 1e-9, 6, 'resumed'],
  ])('ask the end-of-turn network, which %s', async (_, threshold, pauseS, then) => {
    endOfTurn.model = { threshold, languageThresholds: {} };
    const { pcm, offsetMs } = await spokenAt(16_000);
    const signals: TurnSignal[] = [];
    const asked = questions;
    // Without a judgement it would end after 1.4 s.
    const detector = ears.open(16_000, semanticVad('low'), (signal) => signals.push(signal));
    detector.push(pcm.subarray(0, Math.round(offsetMs + 300) * 32));
    await until(signals, 'paused');
    await expect.poll(() => questions, { interval: 5 }).toBeGreaterThan(asked);
    // The same thread converts, one errand after the other: the question is answered by then.
    await ears.toModelRate(new Uint8Array(960), 24_000);
    detector.push(new Uint8Array((pauseS - 0.3) * 32_000));
    detector.push(pcm);
    await until(signals, then === 'stopped' ? 'stopped' : 'resumed');
    expect(signals.map(({ kind }) => kind).slice(0, 3)).toEqual(['started', 'paused', then]);
    detector.close();
  });
});
