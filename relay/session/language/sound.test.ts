import { describe, expect, it } from 'vitest';
import { soundOf } from './sound.ts';

/** A tone of this level (RMS, full scale = 0 dB) for so long, at 16 kHz. */
function tone(levelDb: number, durationMs: number): Uint8Array {
  const samples = durationMs * 16;
  const peak = 32768 * Math.SQRT2 * 10 ** (levelDb / 20);
  const pcm = Int16Array.from({ length: samples }, (_, i) => peak * Math.sin((2 * Math.PI * 400 * i) / 16_000));
  return new Uint8Array(pcm.buffer);
}

describe('soundOf', () => {
  it('counts what is louder than a quiet room', () => {
    const pcm = Buffer.concat([tone(-60, 400), tone(-30, 300), tone(-51, 200)]);
    expect(soundOf(pcm)).toEqual({ durationMs: 900, loudMs: 300 });
  });

  it('finds nothing in nothing, and does not mind an odd end', () => {
    expect(soundOf(new Uint8Array(0))).toEqual({ durationMs: 0, loudMs: 0 });
    expect(soundOf(tone(-20, 50)).loudMs).toBe(40);
  });

  it('reads bytes that do not begin at a sample of their buffer', () => {
    const shifted = new Uint8Array(1 + 16 * 40 * 2);
    shifted.set(tone(-20, 40), 1);
    expect(soundOf(shifted.subarray(1)).loudMs).toBe(40);
  });
});
