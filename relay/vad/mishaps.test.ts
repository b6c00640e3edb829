import { expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { silentLogger, type LogFields, type Logger } from '#kernel/logger';
import { createEars, type EarsOptions } from './ears.ts';
import { semanticVad, serverVad } from './testing/heard-scene.ts';
import { ScriptedThreads } from './testing/scripted-threads.ts';
import type { TurnSignal } from './turn-detection.ts';

function setUp(options: Partial<EarsOptions> = {}) {
  const logged: [string, LogFields | undefined][] = [];
  const logger: Logger = { ...silentLogger, error: (event, fields) => logged.push([event, fields]) };
  const [clock, threads] = [new VirtualClock(), new ScriptedThreads()];
  const create = () => createEars({ start: threads.start, logger, clock, threads: 1, ...options });
  return { logged, clock, threads, create };
}

it('a thread that cannot be started is tried again, later each time, and hears whoever waits for it', () => {
  const { logged, clock, threads, create } = setUp();
  threads.refused = 3;
  const ears = create();
  const detector = ears.open(16_000, serverVad(500), () => undefined);
  detector.push(new Uint8Array(3_200));
  clock.advance(699);
  expect([threads.started, ears.lostMs]).toEqual([0, 100]);
  clock.advance(1);
  expect(threads.started).toBe(1);
  expect(threads.posted).toMatchObject([{ type: 'open', setup: { fromSample: 1_600 } }]);
  expect(logged.map(([, fields]) => fields?.['restartInMs'])).toEqual([100, 200, 400]);
});

it('what one listener throws reaches neither the others nor the relay', () => {
  const { logged, threads, create } = setUp();
  const ears = create();
  const heard: TurnSignal[] = [];
  ears.open(16_000, serverVad(500), () => {
    throw new Error('not my day');
  });
  ears.open(16_000, serverVad(500), (signal) => heard.push(signal));
  const signal: TurnSignal = { kind: 'started', startSample: 7 };
  threads.listener?.onMessage({ type: 'signals', told: [1, 2].map((stream) => ({ stream, epoch: 0, signal })) });
  expect(heard).toEqual([signal]);
  expect(logged).toEqual([['ears.listener-failed', { signal: 'started', reason: 'not my day' }]]);
});

it('a pause whose judge fails is left to its silence', async () => {
  const endOfTurn = {
    model: { threshold: 0.5, languageThresholds: {} },
    file: () => Promise.reject(new Error('gone')),
  };
  const { logged, threads, create } = setUp({ endOfTurn });
  const ears = create();
  ears.open(16_000, semanticVad('auto'), () => undefined);
  threads.listener?.onMessage({ type: 'asked', stream: 1, endSample: 0, audio: new Float32Array(1) });
  await expect.poll(() => logged).toEqual([['ears.judge-failed', { reason: 'gone' }]]);
});

it('sound that was still being collected when the thread died counts as lost', () => {
  const { threads, create } = setUp();
  const ears = create();
  ears.open(16_000, serverVad(500), () => undefined).push(new Uint8Array(640));
  ears.open(48_000, serverVad(500), () => undefined).push(new Uint8Array(960));
  expect(ears.lostMs).toBe(0);
  // Opening the second stream sent nothing of the first.
  threads.listener?.onEnd('out of memory');
  expect(ears.lostMs).toBe(30);
});
