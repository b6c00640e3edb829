import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentSound } from './recent-sound.ts';

describe('RecentSound', () => {
  it('gives back the newest samples, as many as are wanted and there', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 20 }), fc.integer({ min: -3, max: 12 }), (lengths, wanted) => {
        const recent = new RecentSound(10);
        const all: number[] = [];
        for (const length of lengths) {
          const frame = Float32Array.from({ length }, (_, i) => all.length + i);
          recent.push(frame);
          all.push(...frame);
        }
        const count = Math.max(0, Math.min(wanted, 10, all.length));
        expect([...recent.last(wanted)]).toEqual(all.slice(all.length - count));
      }),
    );
  });
});
