import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripRiff, toWav } from './wav.ts';

const chunk = (id: string, body: Buffer, length = body.length) => {
  const head = Buffer.alloc(8);
  head.write(id, 0, 'latin1');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
};
const riff = (...chunks: Buffer[]) => Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), ...chunks]);
const format = toWav(Buffer.alloc(0), 24_000).subarray(20, 36);
const pcm = Buffer.from([1, 2, 3, 4]);

describe('taking RIFF headers off', () => {
  it.each([
    ['the plain 44 bytes', riff(chunk('fmt ', format), chunk('data', pcm))],
    ['an extended format', riff(chunk('fmt ', Buffer.concat([format, Buffer.alloc(24)])), chunk('data', pcm))],
    [
      'lists before and after',
      riff(
        chunk('LIST', Buffer.from('odd')),
        chunk('fmt ', format),
        chunk('fact', Buffer.alloc(4)),
        chunk('data', pcm),
        chunk('LIST', Buffer.alloc(6)),
      ),
    ],
    ['a data length of 0', riff(chunk('fmt ', format), chunk('data', pcm, 0))],
    ['a data length of 2³²−1', riff(chunk('fmt ', format), chunk('data', pcm, 0xffffffff))],
  ])('works with %s', (_, bytes) => {
    expect(stripRiff(bytes)).toEqual({ ok: true, value: { pcm, rateHz: 24_000 } });
  });

  it('leaves bare samples alone', () => {
    expect(stripRiff(pcm)).toEqual({ ok: true, value: { pcm } });
    expect(stripRiff(Buffer.alloc(0)).ok).toBe(true);
  });

  it('refuses what it would otherwise play as noise', () => {
    const stereo = Buffer.from(format);
    stereo.writeUInt16LE(2, 2);
    for (const bytes of [
      riff(),
      riff(chunk('data', pcm)),
      riff(chunk('fmt ', stereo), chunk('data', pcm)),
      riff(chunk('fmt ', pcm)),
    ]) {
      expect(stripRiff(bytes).ok).toBe(false);
    }
  });

  it('brings back any samples at any rate, and never throws on a damaged file', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.integer({ min: 1, max: 192_000 }),
        fc.nat(),
        (bytes, rateHz, cut) => {
          const wav = toWav(bytes, rateHz);
          expect(stripRiff(wav)).toEqual({ ok: true, value: { pcm: Buffer.from(bytes), rateHz } });
          stripRiff(wav.subarray(0, cut % wav.length));
        },
      ),
    );
  });
});
