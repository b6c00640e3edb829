import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesField, floatField, intField, messageField, textField, toMessage, varint } from './protobuf.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('protobuf', () => {
  it('writes the examples of its specification', () => {
    expect(hex(varint(300))).toBe('ac02');
    expect(hex(toMessage([intField(1, 150)]))).toBe('089601');
    expect(hex(toMessage([textField(2, 'testing')]))).toBe('120774657374696e67');
    expect(hex(toMessage([messageField(3, [intField(1, 150)])]))).toBe('1a03089601');
    expect(hex(varint(-2))).toBe('feffffffffffffffff01');
    expect(hex(toMessage([floatField(2, 1)]))).toBe('150000803f');
  });

  it('writes whole numbers that read back as they were', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(Number(BigInt.asIntN(64, read(varint(value))))).toBe(value);
      }),
    );
  });

  it('tells the length of what it holds', () => {
    const bytes = new Uint8Array(300).fill(7);
    expect(hex(toMessage([bytesField(9, bytes)])).slice(0, 8)).toBe('4aac0207');
  });
});

const read = (bytes: Uint8Array): bigint =>
  bytes.reduce((sum, byte, i) => sum | (BigInt(byte & 0x7f) << BigInt(7 * i)), 0n);
