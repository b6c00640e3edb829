import { describe, expect, it } from 'vitest';
import { SILERO } from '#models/vad/silero';
import { EarStream } from './ear-stream.ts';
import type { StreamSetup } from './ears.messages.ts';
import { serverVad } from './testing/heard-scene.ts';
import type { TurnSignal } from './turn-detection.ts';

const SETUP: StreamSetup = {
  rateHz: 16_000,
  detection: serverVad(500),
  isAnswering: false,
  fromSample: 0,
  isInTurn: false,
  hasJudge: false,
  epoch: 0,
};

const open = (setup: Partial<StreamSetup> = {}) => new EarStream({ ...SETUP, ...setup });
const sound = (samples: number, amplitude = 0): Uint8Array =>
  new Uint8Array(Int16Array.from({ length: samples }, (_, i) => amplitude * Math.sin(i / 5)).buffer);

/** Whole frames that are there, judged by loudness: it is not the network that is tried here. */
function hearAll(stream: EarStream): { frames: number; signals: TurnSignal[] } {
  const signals: TurnSignal[] = [];
  let frames = 0;
  for (; stream.advance(); frames++) {
    const loudest = stream.memory.input.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    stream.heard(
      loudest > 0.05 ? 0.95 : 0.02,
      (signal) => signals.push(signal),
      () => undefined,
    );
  }
  return { frames, signals };
}

describe('EarStream', () => {
  it('makes a frame of every 32 ms, whatever the rate and the pieces', () => {
    for (const rateHz of [8_000, 11_025, 16_000, 24_000, 44_100, 48_000]) {
      const stream = open({ rateHz });
      for (let i = 0; i < 97; i++) stream.push(sound(Math.round((rateHz * (i % 7)) / 100)), 0);
      const pushed = Array.from({ length: 97 }, (_, i) => Math.round((rateHz * (i % 7)) / 100)).reduce((a, b) => a + b);
      const frames = Math.floor((pushed * SILERO.rateHz) / rateHz / SILERO.frameSamples);
      expect(Math.abs(hearAll(stream).frames - frames), `${rateHz} Hz`).toBeLessThanOrEqual(1);
    }
  });

  it('tells positions in samples of its input, counted on from where another left off', () => {
    const stream = open({ rateHz: 24_000, fromSample: 1_000_000 });
    stream.push(sound(24_000), 0);
    stream.push(sound(24_000, 8_000), 0);
    const [started] = hearAll(stream).signals;
    expect(started).toMatchObject({ kind: 'started' });
    const at = started?.kind === 'started' ? started.startSample : NaN;
    expect(Math.abs(at - 1_024_000)).toBeLessThan(24_000 * 0.01);
  });

  it('lets time go on over what was left out', () => {
    const stream = open();
    stream.push(sound(16_000), 0);
    stream.push(sound(16_000, 8_000), 2 * 160_000);
    const [started] = hearAll(stream).signals;
    const at = started?.kind === 'started' ? started.startSample : NaN;
    expect(Math.abs(at - 176_000)).toBeLessThan(600);
  });

  it('does what it is told between the sounds it was told between', () => {
    const stream = open({ isAnswering: true });
    const word = sound(16_000 * 0.2, 8_000);
    const silence = sound(16_000);
    for (const piece of [silence, word, silence]) stream.push(piece, 0);
    stream.control({ kind: 'answering', isAnswering: false });
    for (const piece of [word, silence]) stream.push(piece, 0);
    stream.control({ kind: 'restart', epoch: 7 });
    stream.push(word, 0);
    const { signals } = hearAll(stream);
    expect(signals.map(({ kind }) => kind)).toEqual(['started', 'paused', 'stopped', 'started']);
    expect(signals[0]?.kind === 'started' && signals[0].startSample).toBeGreaterThan(35_000);
    expect(stream.epoch).toBe(7);
  });

  it('keeps a minute of sound that nobody has heard yet, counts what it gives up, and knows where it is', () => {
    const stream = open();
    for (let i = 0; i < 90; i++) stream.push(sound(16_000), 0);
    stream.push(sound(16_000, 8_000), 0);
    expect([stream.lostMs, stream.waitingMs]).toEqual([31_000, 60_000]);
    const { frames, signals } = hearAll(stream);
    expect(Math.abs(frames - 60_000 / 32)).toBeLessThanOrEqual(2);
    expect(signals[0]?.kind === 'started' && Math.abs(signals[0].startSample - 90 * 16_000)).toBeLessThan(600);
  });

  it('hears the last minute of a piece that is longer, and what comes after it, where they were spoken', () => {
    const stream = open();
    const recording = new Uint8Array(2 * 16_000 * 300);
    recording.set(sound(16_000, 8_000), 2 * 16_000 * 270);
    stream.push(recording, 2 * 16_000);
    expect([stream.lostMs, stream.waitingMs]).toEqual([240_000, 60_000]);
    const first = hearAll(stream);
    expect(Math.abs(first.frames - 60_000 / 32)).toBeLessThanOrEqual(2);
    expect(stream.waitingMs).toBe(0);
    stream.push(sound(16_000 * 61), 0);
    stream.push(sound(16_000, 8_000), 0);
    const starts = [...first.signals, ...hearAll(stream).signals].flatMap((signal) =>
      signal.kind === 'started' ? [signal.startSample] : [],
    );
    expect(starts).toHaveLength(2);
    for (const [i, atS] of [271, 362].entries()) expect(Math.abs(starts[i]! - 16_000 * atS)).toBeLessThan(600);
  });

  it('gives up the beginning of what it is just hearing when more comes than may wait', () => {
    const stream = open();
    stream.push(sound(16_000 * 60), 0);
    for (let i = 0; i < 32; i++) stream.advance();
    expect(stream.waitingMs).toBe(60_000 - 32 * 32);
    for (let i = 0; i < 20; i++) stream.push(sound(16_000), 0);
    stream.push(sound(16_000, 8_000), 0);
    expect([stream.lostMs, stream.waitingMs]).toEqual([21_000 - 32 * 32, 60_000]);
    const { frames, signals } = hearAll(stream);
    expect(Math.abs(frames - 60_000 / 32)).toBeLessThanOrEqual(2);
    expect(signals[0]?.kind === 'started' && Math.abs(signals[0].startSample - 80 * 16_000)).toBeLessThan(600);
  });
});
