import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PieceCutter, PIECES, type Piece, type PieceOptions } from './piece.ts';

const RATE = 16_000;
/** Stretches of sound (noise at a level) and pauses, in milliseconds. */
function recording(...parts: [kind: 'sound' | 'pause', ms: number][]): Int16Array {
  let seed = 1;
  const noise = () => ((seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647) * 2 - 1;
  const samples = parts.flatMap(([kind, ms]) =>
    Array.from({ length: (ms * RATE) / 1000 }, () => Math.round(noise() * (kind === 'sound' ? 8_000 : 60))),
  );
  return Int16Array.from(samples);
}

function cut(samples: Int16Array, chunk = 16_000, options: PieceOptions = PIECES): Piece[] {
  const cutter = new PieceCutter(options);
  const pieces: Piece[] = [];
  for (let at = 0; at < samples.length; at += chunk) pieces.push(...cutter.push(samples.subarray(at, at + chunk)));
  return [...pieces, ...cutter.finish()];
}

describe('cutting a recording', () => {
  it('leaves a short one whole', () => {
    const pieces = cut(recording(['sound', 30_000]));
    expect(pieces).toHaveLength(1);
    expect(pieces[0]).toMatchObject({ startMs: 0, endMs: 30_000, overlapsMs: 0, isSilent: false });
  });

  it('cuts in the middle of a pause, the quietest one that comes late enough', () => {
    const pieces = cut(
      recording(['sound', 10_000], ['pause', 600], ['sound', 12_000], ['pause', 400], ['sound', 20_000]),
    );
    expect(pieces).toHaveLength(2);
    const [first, second] = pieces;
    expect(first!.endMs).toBeGreaterThanOrEqual(22_600);
    expect(first!.endMs).toBeLessThanOrEqual(23_000);
    expect(second).toMatchObject({ startMs: first!.endMs, endMs: 43_000, overlapsMs: 0 });
  });

  it('takes a gap within a word for none', () => {
    const pieces = cut(recording(['sound', 20_000], ['pause', 100], ['sound', 20_000]));
    expect(pieces[0]!.endMs).toBe(30_000);
  });

  it('lets pieces overlap by a second where there is no pause', () => {
    const pieces = cut(recording(['sound', 70_000]));
    expect(pieces.map(({ startMs, endMs, overlapsMs }) => [startMs, endMs, overlapsMs])).toEqual([
      [0, 30_000, 0],
      [29_000, 59_000, 1_000],
      [58_000, 70_000, 1_000],
    ]);
  });

  it('knows silence', () => {
    expect(cut(new Int16Array(RATE))[0]!.isSilent).toBe(true);
    expect(cut(recording(['pause', 500], ['sound', 100], ['pause', 500]))[0]!.isSilent).toBe(false);
    expect(cut(new Int16Array(0))).toEqual([]);
  });

  it('loses no sample and repeats none but the overlap, however the recording comes', () => {
    const options = { maxMs: 100, minMs: 40, overlapMs: 10 };
    const part = fc.tuple(fc.constantFrom('sound' as const, 'pause' as const), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.integer({ min: 1, max: 5_000 }), (parts, chunk) => {
        const samples = recording(...parts);
        const pieces = cut(samples, chunk, options);
        const again: number[] = [];
        for (const piece of pieces) {
          expect(piece.samples.length).toBeLessThanOrEqual(1_600);
          expect(piece.startMs * 16).toBe(again.length - piece.overlapsMs * 16);
          again.push(...piece.samples.subarray(piece.overlapsMs * 16));
        }
        expect(Int16Array.from(again)).toEqual(samples);
        expect(cut(samples, 997, options).map(({ endMs }) => endMs)).toEqual(pieces.map(({ endMs }) => endMs));
      }),
      { numRuns: 60 },
    );
  });
});
