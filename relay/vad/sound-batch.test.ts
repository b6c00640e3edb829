import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSoundBatch, SoundBatch } from './sound-batch.ts';

const record = fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000), fc.uint8Array({ maxLength: 5_000 }));

describe('SoundBatch', () => {
  it('gives back what went in, in order, however large, and aligned for samples', () => {
    const batch = new SoundBatch();
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (records) => {
        for (const [stream, leftOut, pcm] of records) batch.add(stream, leftOut, pcm);
        const read: [number, number, number[]][] = [];
        readSoundBatch(batch.take(), (stream, leftOut, pcm) => {
          expect(pcm.byteOffset % 2).toBe(0);
          read.push([stream, leftOut, [...pcm]]);
        });
        expect(read).toEqual(records.map(([stream, leftOut, pcm]) => [stream, leftOut, [...pcm]]));
        expect(batch.byteLength).toBe(0);
      }),
    );
  });

  it('does not hold on to what was taken', () => {
    const batch = new SoundBatch();
    batch.add(1, 0, Uint8Array.of(1, 2));
    const first = batch.take();
    batch.add(2, 0, Uint8Array.of(3, 4));
    expect(first.buffer).not.toBe(batch.take().buffer);
    readSoundBatch(first, (stream, _, pcm) => expect([stream, ...pcm]).toEqual([1, 1, 2]));
  });
});
