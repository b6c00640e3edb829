import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { LogFields, Logger } from '#kernel/logger';
import { silentLogger } from '#kernel/logger';
import { ok } from '#kernel/result';
import { toMs } from '#models/vad/voice';
import { createEars, type CreatedEars, type EarsOptions } from './ears.ts';
import { inProcess } from './in-process.ts';
import { createBreakable } from './testing/breakable.ts';
import { semanticVad, serverVad } from './testing/heard-scene.ts';
import { piecesOf, spokenAt } from './testing/spoken.ts';
import type { TurnDetector, TurnSignal } from './turn-detection.ts';

const RATE_HZ = 16_000;
const OPTIONS: EarsOptions = { start: inProcess, logger: silentLogger, threads: 1 };
/** For whoever needs nothing of its own: the network is loaded once. */
const shared = createEars(OPTIONS);
afterAll(() => shared.close());

let own: CreatedEars | undefined;
afterEach(() => own?.close());
const create = (options: Partial<EarsOptions>): CreatedEars => (own = createEars({ ...OPTIONS, ...options }));

const until = (signals: readonly TurnSignal[], kind: TurnSignal['kind']) =>
  expect.poll(() => signals.map((signal) => signal.kind), { interval: 5, timeout: 15_000 }).toContain(kind);

const say = (detector: TurnDetector, pcm: Uint8Array, rateHz = RATE_HZ): void => {
  for (const piece of piecesOf(pcm, rateHz)) detector.push(piece);
};

const positionOf = (signal: TurnSignal | undefined): number =>
  signal === undefined
    ? NaN
    : 'startSample' in signal
      ? signal.startSample
      : 'endSample' in signal
        ? signal.endSample
        : NaN;

describe('a stream', () => {
  it.each([8_000, 16_000, 24_000, 48_000])('at %i Hz: its turn is heard, and placed to 60 ms', async (rateHz) => {
    const { pcm, onsetMs, offsetMs } = await spokenAt(rateHz);
    const signals: TurnSignal[] = [];
    say(
      shared.open(rateHz, serverVad(500), (signal) => signals.push(signal)),
      pcm,
      rateHz,
    );
    await until(signals, 'stopped');
    const inMs = (kind: TurnSignal['kind']) =>
      (positionOf(signals.find((signal) => signal.kind === kind)) * 1000) / rateHz;
    expect(Math.abs(inMs('started') - onsetMs)).toBeLessThan(60);
    expect(Math.abs(inMs('stopped') - 160 - offsetMs)).toBeLessThan(60);
    expect(positionOf(signals.at(-2))).toBe(positionOf(signals.at(-1)));
  });

  it('is heard the same alone and among others, in whatever pieces it comes', async () => {
    const { pcm } = await spokenAt(RATE_HZ);
    const heard = Array.from({ length: 5 }, () => {
      const signals: TurnSignal[] = [];
      return { signals, detector: shared.open(RATE_HZ, serverVad(500), (signal) => signals.push(signal)) };
    });
    for (const [i, { detector }] of heard.entries()) {
      const length = [640, 62, 1_000, 31_998, pcm.length][i] ?? 640;
      for (let at = 0; at < pcm.length; at += length) detector.push(pcm.subarray(at, at + length));
    }
    for (const { signals } of heard) await until(signals, 'stopped');
    for (const { signals } of heard) expect(signals).toEqual(heard[0]?.signals);
  });

  it('counts its samples on over a restart, and tells nothing more of what was said before', async () => {
    const { pcm } = await spokenAt(RATE_HZ);
    const signals: TurnSignal[] = [];
    const detector = shared.open(RATE_HZ, serverVad(500), (signal) => signals.push(signal));
    say(detector, pcm.subarray(0, pcm.length / 2 - ((pcm.length / 2) % 2)));
    await until(signals, 'started');
    detector.restart();
    signals.length = 0;
    say(detector, new Uint8Array(RATE_HZ * 2));
    say(detector, pcm);
    await until(signals, 'stopped');
    expect(signals.map(({ kind }) => kind).slice(0, 1)).toEqual(['started']);
    expect(positionOf(signals[0])).toBeGreaterThan(pcm.length / 4);
    const again = signals.filter(({ kind }) => kind === 'started').at(-1);
    expect(positionOf(again)).toBeGreaterThan(pcm.length / 4 + RATE_HZ);
  });

  it('is told nothing once it is closed', async () => {
    const { pcm } = await spokenAt(RATE_HZ);
    const signals: TurnSignal[] = [];
    const detector = shared.open(RATE_HZ, serverVad(500), (signal) => signals.push(signal));
    const other: TurnSignal[] = [];
    const witness = shared.open(RATE_HZ, serverVad(500), (signal) => other.push(signal));
    say(detector, pcm);
    say(witness, pcm);
    detector.close();
    await until(other, 'stopped');
    expect(signals).toEqual([]);
  });

  it('starts no turn with a short word while an answer is heard', async () => {
    const { pcm, onsetMs } = await spokenAt(RATE_HZ);
    const word = pcm.slice(0, Math.round(onsetMs + 250) * 32);
    const signals: TurnSignal[] = [];
    const detector = shared.open(RATE_HZ, serverVad(500), (signal) => signals.push(signal));
    detector.setAnswering(true);
    say(detector, word);
    say(detector, new Uint8Array(RATE_HZ * 2));
    detector.setAnswering(false);
    say(detector, word);
    say(detector, new Uint8Array(RATE_HZ * 2));
    await until(signals, 'stopped');
    expect(signals.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    expect(positionOf(signals[0])).toBeGreaterThan(word.length / 2 + RATE_HZ);
  });
});

describe('a thread that dies', () => {
  const logged: [string, LogFields | undefined][] = [];
  const logger: Logger = { ...silentLogger, error: (event, fields) => logged.push([event, fields]) };

  it('is started again, and the turn that was under way ends', async () => {
    const { pcm, onsetMs, offsetMs } = await spokenAt(RATE_HZ);
    const breakable = createBreakable();
    const signals: TurnSignal[] = [];
    const detector = create({ start: breakable.start, logger }).open(RATE_HZ, serverVad(500), (s) => signals.push(s));
    const middle = Math.round((onsetMs + offsetMs) / 2) * 32;
    say(detector, pcm.subarray(0, middle));
    await until(signals, 'started');
    breakable.breakLast();
    detector.push(pcm.subarray(middle, middle + 640));
    await expect.poll(() => breakable.started, { interval: 5 }).toBe(2);
    say(detector, pcm.subarray(middle + 640));
    await until(signals, 'stopped');
    expect(signals.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    expect(Math.abs(toMs(positionOf(signals.at(-1))) - 160 - offsetMs)).toBeLessThan(60);
    expect(logged).toEqual([['ears.thread-died', { reason: 'out of memory', restartInMs: 100 }]]);
    expect(own?.lostMs).toBeCloseTo(20);
  });
});

describe('toModelRate', () => {
  const tone = (rateHz: number): Uint8Array =>
    new Uint8Array(
      Int16Array.from({ length: rateHz }, (_, i) => 8_000 * Math.sin((2 * Math.PI * 440 * i) / rateHz)).buffer,
    );

  it('gives back the very same sound at 16 kHz', async () => {
    const pcm = tone(16_000);
    expect(await shared.toModelRate(pcm, 16_000)).toBe(pcm);
  });

  it('converts with less than one step of error, and leaves the caller its own', async () => {
    const pcm = tone(24_000);
    const [converted, expected] = [await shared.toModelRate(pcm, 24_000), tone(16_000)];
    expect(pcm.length).toBe(48_000);
    expect(converted.length).toBe(expected.length);
    const [ours, theirs] = [new Int16Array(converted.buffer), new Int16Array(expected.buffer)];
    // The ends of a tone that is cut off ring.
    for (let i = 200; i < 15_800; i++) expect(Math.abs(ours[i]! - theirs[i]!)).toBeLessThanOrEqual(2);
  });

  it('answers though the thread dies of it', async () => {
    const breakable = createBreakable();
    const converted = create({ start: breakable.start }).toModelRate(tone(24_000), 24_000);
    breakable.breakLast();
    expect((await converted).length).toBe(32_000);
    expect((await own?.toModelRate(tone(24_000), 24_000))?.length).toBe(32_000);
  });
});

describe('with an end-of-turn model', () => {
  it('asks it at a pause with the turn so far, and ends when it is sure', async () => {
    const { pcm, onsetMs, offsetMs } = await spokenAt(RATE_HZ);
    const asked: number[] = [];
    const start: EarsOptions['start'] = (listener) => {
      const thread = inProcess(listener);
      const post: typeof thread.post = (message, transfer) => {
        if (message.type !== 'judge') return thread.post(message, transfer);
        asked.push(message.audio.length);
        listener.onMessage({ type: 'judged', id: message.id, probability: 0.8 });
      };
      return { ...thread, post };
    };
    const endOfTurn = { model: { threshold: 0.6, languageThresholds: {} }, file: async () => ok('judge.onnx') };
    const signals: TurnSignal[] = [];
    const detector = create({ start, endOfTurn }).open(RATE_HZ, semanticVad('low'), (signal) => signals.push(signal));
    const pause = Math.round(offsetMs + 300) * 32;
    say(detector, pcm.subarray(0, pause));
    await until(signals, 'paused');
    await expect.poll(() => asked.length, { interval: 5 }).toBeGreaterThan(0);
    say(detector, pcm.subarray(pause));
    await until(signals, 'stopped');
    const turnMs = offsetMs - onsetMs + 500;
    expect(Math.abs(toMs(asked.at(-1) ?? 0) - turnMs)).toBeLessThan(300);
  });
});
