import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToInt16, floatToInt16, int16ToBytes, int16ToFloat } from './pcm.ts';

const int16 = fc.array(fc.integer({ min: -32_768, max: 32_767 })).map((values) => Int16Array.from(values));

describe('floatToInt16', () => {
  it('rounds to the nearest step and clips beyond full scale', () => {
    const output = new Int16Array(8);
    floatToInt16(Float32Array.of(0, 0.5, -1, 1, 2, -2, 0.4 / 32_768, -0.6 / 32_768), output);
    expect([...output]).toEqual([0, 16_384, -32_768, 32_767, 32_767, -32_768, 0, -1]);
  });

  it('gives back exactly what int16ToFloat was given', () => {
    fc.assert(
      fc.property(int16, (samples) => {
        const floats = new Float32Array(samples.length);
        const back = new Int16Array(samples.length);
        int16ToFloat(samples, floats);
        floatToInt16(floats, back);
        expect(back).toEqual(samples);
      }),
    );
  });

  it('converts only as many samples as asked for', () => {
    const output = Int16Array.of(7, 7);
    floatToInt16(Float32Array.of(0.5, 0.5), output, 1);
    expect([...output]).toEqual([16_384, 7]);
  });
});

describe('bytesToInt16', () => {
  it('reads little-endian samples at any byte offset', () => {
    for (const offset of [0, 1, 2, 3]) {
      const bytes = new Uint8Array(offset + 5);
      bytes.set([0x34, 0x12, 0xff, 0xff, 0x55], offset);
      expect([...bytesToInt16(bytes.subarray(offset))]).toEqual([0x1234, -1]);
    }
  });

  it('looks at the same memory when the bytes are aligned', () => {
    const bytes = new Uint8Array(4);
    const samples = bytesToInt16(bytes);
    bytes[2] = 9;
    expect(samples[1]).toBe(9);
  });

  it('undoes int16ToBytes', () => {
    fc.assert(
      fc.property(int16, fc.integer({ min: 0, max: 3 }), (samples, offset) => {
        const moved = new Uint8Array(offset + samples.byteLength);
        moved.set(int16ToBytes(samples), offset);
        expect([...bytesToInt16(moved.subarray(offset))]).toEqual([...samples]);
      }),
    );
  });
});
