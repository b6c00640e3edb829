import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, OPCODE, toClientFrame, toServerFrame } from './frames.ts';

const lengths = fc.oneof(fc.nat(130), fc.nat(5_000), fc.constantFrom(125, 126, 65_535, 65_536));

describe('frames of the generator', () => {
  it('are the same ones however the network cuts them', () => {
    fc.assert(
      fc.property(
        fc.array(lengths, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 3_000 })),
        (sizes, cuts) => {
          const payloads = sizes.map((size, i) => Buffer.alloc(size, i + 1));
          const bytes = Buffer.concat(payloads.map((payload) => toServerFrame(OPCODE.binary, payload)));
          const read: Buffer[] = [];
          const reader = new FrameReader((opcode, payload) => {
            expect(opcode).toBe(OPCODE.binary);
            read.push(Buffer.from(payload));
          });
          let at = 0;
          for (const cut of [...cuts, bytes.length]) {
            reader.push(bytes.subarray(at, at + cut));
            at += cut;
          }
          expect(Buffer.concat(read).equals(Buffer.concat(payloads))).toBe(true);
          expect(read.map(({ length }) => length)).toEqual(sizes);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of clients are masked, and have the length they say', () => {
    const payload = Buffer.from('hello');
    const frame = toClientFrame(OPCODE.text, payload);
    expect(frame[1]).toBe(0x80 | 5);
    expect(frame.subarray(6).map((byte, i) => byte ^ frame[2 + (i & 3)]!)).toEqual(payload);
    const sizes: number[] = [];
    const reader = new FrameReader((_, masked) => sizes.push(masked.length));
    reader.push(Buffer.concat([frame, toClientFrame(OPCODE.text, Buffer.alloc(300))]));
    expect(sizes).toEqual([5, 300]);
  });
});
