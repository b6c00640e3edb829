import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PcmResampler } from './pcm-resampler.ts';

const HZ = 997;
const AMPLITUDE = 0.5;

function tone(rateHz: number, samples: number): Buffer {
  const pcm = Buffer.alloc(2 * samples);
  for (let n = 0; n < samples; n++) {
    pcm.writeInt16LE(Math.round(32768 * AMPLITUDE * Math.sin((2 * Math.PI * HZ * n) / rateHz)), 2 * n);
  }
  return pcm;
}

function convert(pcm: Buffer, fromHz: number, toHz: number, sizes: readonly number[] = [pcm.length / 2]): Buffer {
  const resampler = new PcmResampler(fromHz, toHz);
  const pieces: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < pcm.length; i++) {
    const bytes = 2 * (sizes[i % sizes.length] ?? 1);
    pieces.push(resampler.push(pcm.subarray(at, at + bytes)));
    at += bytes;
  }
  return Buffer.concat([...pieces, resampler.finish()]);
}

describe('the resampler of PCM', () => {
  it.each([16_000, 22_050, 44_100, 48_000])(
    'brings a tone from %i Hz to 24 kHz, 75 dB above any difference',
    (fromHz) => {
      const converted = convert(tone(fromHz, fromHz), fromHz, 24_000);
      expect(converted.length / 2).toBe(24_000);
      let signal = 0;
      let difference = 0;
      // The edges ring, as any filter's do.
      for (let n = 1_200; n < 22_800; n++) {
        const expected = AMPLITUDE * Math.sin((2 * Math.PI * HZ * n) / 24_000);
        signal += expected ** 2;
        difference += (converted.readInt16LE(2 * n) / 32768 - expected) ** 2;
      }
      expect(10 * Math.log10(signal / difference)).toBeGreaterThan(75);
    },
  );

  it('gives the same samples however they come', () => {
    const pcm = tone(22_050, 9_001);
    const whole = convert(pcm, 22_050, 24_000);
    const sizes = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(sizes, (by) => convert(pcm, 22_050, 24_000, by).equals(whole)),
      { numRuns: 20 },
    );
  });

  it('clips what is too loud instead of turning it over', () => {
    const square = Buffer.alloc(2_000);
    for (let n = 0; n < 1_000; n++) square.writeInt16LE(n % 100 < 50 ? 32_767 : -32_768, 2 * n);
    const converted = convert(square, 16_000, 24_000);
    for (let n = 30; n < 1_400; n++) {
      const phase = (n / 1.5) % 100;
      // Far from the edges of the square the sign is that of the square.
      if (phase % 50 > 5 && phase % 50 < 45) expect(Math.sign(converted.readInt16LE(2 * n))).toBe(phase < 50 ? 1 : -1);
    }
  });
});
