import { expect, it } from 'vitest';
import type { SileroBatchNetwork } from '#models/vad/silero-batch';
import { SILERO } from '#models/vad/silero';
import type { FromThread } from './ears.messages.ts';
import { HearingHost } from './hearing-host.ts';
import { SoundBatch } from './sound-batch.ts';
import { serverVad } from './testing/heard-scene.ts';

const nothing: SileroBatchNetwork = async (_input, _state, count) => ({
  probabilities: new Float32Array(count),
  state: new Float32Array(count * SILERO.stateLength),
});

it('tells how far behind it is, and that it has caught up', async () => {
  const told: FromThread[] = [];
  const host = new HearingHost({
    loadNetwork: () => Promise.resolve(nothing),
    post: (message) => told.push(message),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const setup = { detection: serverVad(500), isAnswering: false, fromSample: 0, isInTurn: false, hasJudge: false };
  await host.handle({ type: 'open', stream: 1, setup: { ...setup, rateHz: 8_000, epoch: 0 } });
  const batch = new SoundBatch();
  batch.add(1, 0, new Uint8Array(2 * 8_000 * 64));
  const bytes = batch.byteLength;
  await host.handle({ type: 'sound', batch: batch.take() });
  expect(told).toEqual([
    { type: 'taken', bytes, lostMs: 4_000, behindMs: 60_000 },
    { type: 'taken', bytes: 0, lostMs: 0, behindMs: 0 },
  ]);
});
