import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SampleRing } from './sample-ring.ts';

describe('SampleRing', () => {
  it('gives back what it took, in order, and refuses what does not fit', () => {
    const operation = fc.record({ write: fc.integer({ min: 0, max: 12 }), read: fc.integer({ min: 0, max: 12 }) });
    fc.assert(
      fc.property(fc.array(operation), fc.integer({ min: 1, max: 16 }), (operations, capacity) => {
        const ring = new SampleRing(capacity);
        const expected: number[] = [];
        let next = 0;
        for (const { write, read } of operations) {
          const accepted = ring.write(Int16Array.from({ length: write }, (_, i) => next + i));
          expect(accepted).toBe(Math.min(write, capacity - expected.length));
          for (let i = 0; i < accepted; i++) expected.push(next++);
          const output = new Float32Array(12);
          const taken = ring.read(output, read);
          expect([...output.subarray(0, taken)].map((x) => x * 32_768)).toEqual(expected.splice(0, taken));
          expect(ring.available).toBe(expected.length);
        }
      }),
    );
  });

  it('is empty after clear', () => {
    const ring = new SampleRing(4);
    ring.write(Int16Array.of(1, 2, 3));
    ring.clear();
    expect(ring.read(new Float32Array(4), 4)).toBe(0);
    expect(ring.write(Int16Array.of(1, 2, 3, 4, 5))).toBe(4);
  });
});
