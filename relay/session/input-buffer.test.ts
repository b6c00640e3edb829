import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputBuffer } from './input-buffer.ts';

const counting = (from: number, samples: number): Uint8Array =>
  new Uint8Array(Int16Array.from({ length: samples }, (_, i) => from + i).buffer);

describe('the input buffer', () => {
  it('gives any stretch of what is kept, wherever it was cut when it came and whatever was let go', () => {
    const pieces = fc.array(fc.oneof(fc.nat(400), fc.nat(20_000)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(pieces, fc.nat(100_000), fc.nat(100_000), fc.nat(100_000), (lengths, dropped, from, length) => {
        const buffer = new InputBuffer(16_000);
        for (const samples of lengths) {
          buffer.append(counting(buffer.endSample, samples), 0);
          buffer.dropBefore(Math.min(dropped, buffer.endSample));
        }
        const kept = Math.max(from, buffer.startSample);
        const end = Math.max(kept, Math.min(from + length, buffer.endSample));
        expect(buffer.startSample).toBeLessThanOrEqual(Math.max(dropped, buffer.endSample));
        const sound = buffer.slice(from, from + length);
        expect(Buffer.compare(sound, counting(kept, end - kept))).toBe(0);
      }),
    );
  });

  it('lets go of nothing that is still wanted', () => {
    const buffer = new InputBuffer(24_000);
    for (let i = 0; i < 500; i++) buffer.append(counting(i * 480, 480), 0);
    buffer.dropBefore(100_000);
    expect(buffer.startSample).toBe(96_000);
    expect(buffer.keptSamples).toBe(144_000);
    buffer.dropBefore(buffer.endSample);
    expect(buffer.startSample).toBe(240_000);
    expect(buffer.slice(0, 240_000)).toHaveLength(0);
  });

  it('lets go of nothing that came later than told', () => {
    const buffer = new InputBuffer(24_000);
    for (let i = 0; i < 100; i++) buffer.append(counting(i * 480, 480), i);
    buffer.dropBefore(buffer.endSample, 49);
    expect(buffer.startSample).toBe(50 * 480);
  });
});
