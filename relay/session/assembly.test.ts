import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Assembly } from './assembly.ts';

const frame = (value: number, bytes = 1024) => new Uint8Array(bytes).fill(value);
const claimOf = (...frames: Uint8Array[]) => {
  const pcm = Buffer.concat(frames);
  return { frames: frames.length, bytes: pcm.length, sha256: createHash('sha256').update(pcm).digest('hex') };
};

describe('an utterance being assembled', () => {
  it('takes frames in order, ignores repeats and refuses gaps', () => {
    const assembly = new Assembly(10_000);
    expect([0, 1, 1, 0, 3, 2].map((n) => assembly.add(n, frame(n)))).toEqual([
      ...['added', 'added', 'duplicate', 'duplicate', 'gap', 'added'],
    ]);
    expect(assembly.check(claimOf(frame(0), frame(1), frame(2)))).toBe('whole');
  });

  it('keeps the first copy when a repeat differs', () => {
    const assembly = new Assembly(10_000);
    assembly.add(0, frame(1));
    assembly.add(0, frame(9));
    expect(assembly.check(claimOf(frame(1)))).toBe('whole');
  });

  it('takes the limit and not a byte more', () => {
    const assembly = new Assembly(100_000);
    expect(assembly.add(0, frame(1, 99_998))).toBe('added');
    expect(assembly.add(1, frame(1, 4))).toBe('full');
    expect(assembly.add(1, frame(1, 2))).toBe('added');
    expect(assembly.add(2, frame(1, 2))).toBe('full');
    expect(assembly.bytes).toBe(100_000);
  });

  it('tells missing frames from wrong ones', () => {
    const assembly = new Assembly(10_000);
    assembly.add(0, frame(1));
    expect(assembly.check(claimOf(frame(1), frame(2)))).toBe('short');
    expect(assembly.check(claimOf(frame(2)))).toBe('mismatch');
    expect(assembly.check({ ...claimOf(frame(1)), bytes: 1022 })).toBe('mismatch');
    expect(assembly.check({ ...claimOf(), frames: 0 })).toBe('mismatch');
    expect(assembly.check(claimOf(frame(1)))).toBe('whole');
  });

  it('goes on after a check, as a reopened utterance does', () => {
    const assembly = new Assembly(10_000);
    assembly.add(0, frame(1));
    const first = assembly.audio();
    expect(assembly.check(claimOf(frame(1)))).toBe('whole');
    assembly.add(1, frame(2));
    expect(assembly.check(claimOf(frame(1), frame(2)))).toBe('whole');
    expect([...first]).toEqual([...frame(1)]);
  });

  it('starts over without touching audio it has handed out', () => {
    const assembly = new Assembly(10_000);
    assembly.add(0, frame(1));
    const handedOut = assembly.audio();
    assembly.restart();
    assembly.add(0, frame(2));
    expect([...handedOut]).toEqual([...frame(1)]);
    expect(assembly.check(claimOf(frame(2)))).toBe('whole');
  });

  it('gives the same bytes however they were cut and repeated', () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 2, maxLength: 3_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(pieces, fc.infiniteStream(fc.nat(3)), (frames, rewinds) => {
        const assembly = new Assembly(200_000);
        while (assembly.frames < frames.length) {
          const back = rewinds.next().value ?? 0;
          const from = Math.max(0, assembly.frames - back);
          for (const [i, pcm] of frames.slice(from, from + back + 1).entries()) assembly.add(from + i, pcm);
        }
        return assembly.check(claimOf(...frames)) === 'whole' && Buffer.concat(frames).equals(assembly.audio());
      }),
      { numRuns: 300 },
    );
  });
});
