import { describe, expect, it } from 'vitest';
import { peakDbfs } from '#dsp/level';
import { int16ToFloat } from '#dsp/pcm';
import type { CueName } from '../conversation/ports.ts';
import { cue } from './cues.ts';

const RATE_HZ = 24_000;
/** Less than the 3.3 Hz that 300 ms can tell apart. */
const STEP_HZ = 2.5;

function signalOf(name: CueName): Float32Array {
  const { rateHz, pcm } = cue(name);
  expect(rateHz).toBe(RATE_HZ);
  const signal = new Float32Array(pcm.length);
  int16ToFloat(pcm, signal);
  return signal;
}

/** Of the whole signal's energy, that between two frequencies: one Goertzel filter each 2.5 Hz. */
function shareBetween(signal: Float32Array, fromHz: number, toHz: number): number {
  let energy = 0;
  for (let hz = fromHz; hz < toHz; hz += STEP_HZ) {
    const twiceCos = 2 * Math.cos((2 * Math.PI * hz) / RATE_HZ);
    let last = 0;
    let before = 0;
    for (let i = 0; i < signal.length; i++) {
      const next = signal[i]! + twiceCos * last - before;
      before = last;
      last = next;
    }
    energy += last * last + before * before - twiceCos * last * before;
  }
  const total = signal.reduce((sum, x) => sum + x * x, 0);
  // Parseval: half the energy lies at positive frequencies.
  return (energy * 2 * STEP_HZ) / (total * RATE_HZ);
}

/** How alike the signal is to itself at the most misleading other delay, beyond the width of its own peak. */
function worstEchoOfItself(signal: Float32Array): number {
  const alike = (lag: number) => signal.subarray(lag).reduce((sum, x, i) => sum + x * signal[i]!, 0);
  let worst = 0;
  for (let lag = 0.0015 * RATE_HZ; lag < signal.length; lag++) worst = Math.max(worst, Math.abs(alike(lag)));
  return worst / alike(0);
}

describe.each([
  ['listening', -20, 290, 310],
  ['understood', -28, 50, 90],
] as const)('The cue “%s”', (name, peakDb, minMs, maxMs) => {
  it('has its loudness and length', () => {
    const signal = signalOf(name);
    expect(peakDbfs(signal)).toBeCloseTo(peakDb, 1);
    expect((1000 * signal.length) / RATE_HZ).toBeGreaterThanOrEqual(minMs);
    expect((1000 * signal.length) / RATE_HZ).toBeLessThanOrEqual(maxMs);
  });

  it('comes from silence and goes into it, without a click', () => {
    const signal = signalOf(name);
    expect([signal[0], signal.at(-1)]).toEqual([0, 0]);
    expect(peakDbfs(signal.subarray(0, 24))).toBeLessThan(peakDb - 25);
    expect(peakDbfs(signal.subarray(-24))).toBeLessThan(-80);
  });

  it('can be given away, and asked for again', () => {
    const first = cue(name);
    structuredClone(first.pcm, { transfer: [first.pcm.buffer] });
    expect(cue(name).pcm.length).toBeGreaterThan(0);
    expect(cue(name)).toEqual(cue(name));
  });
});

describe('The cue “listening” as a probe', () => {
  it('has energy all over the band of speech, and next to none outside', () => {
    const signal = signalOf('listening');
    expect(shareBetween(signal, 0, 12_000)).toBeCloseTo(1, 3);
    for (const [fromHz, toHz] of [
      [300, 600],
      [600, 1_200],
      [1_200, 2_400],
      [2_400, 3_500],
    ] as const) {
      const share = shareBetween(signal, fromHz, toHz);
      expect(share).toBeGreaterThan(0.1);
      expect(share).toBeLessThan(0.5);
    }
    expect(shareBetween(signal, 300, 3_500)).toBeGreaterThan(0.99);
  });

  it('can be told from itself at any other delay', () => {
    expect(worstEchoOfItself(signalOf('listening'))).toBeLessThan(0.6);
  });
});
