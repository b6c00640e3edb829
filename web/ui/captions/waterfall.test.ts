import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWaterfall } from './waterfall.ts';

const ms = fc.double({ min: 0, max: 20_000, noNaN: true });
const timings = fc.record({ waitMs: ms, networkMs: ms, modelMs: ms, holdMs: ms, bufferMs: ms, totalMs: ms });

describe('toWaterfall', () => {
  it('lists the parts in the order in which they happen and leaves out what took no time', () => {
    const parts = toWaterfall({ waitMs: 205, networkMs: 35, modelMs: 380, holdMs: 0, bufferMs: 52, totalMs: 672 });
    expect(parts.map(({ name, ms }) => [name, ms])).toEqual([
      ['wait', 205],
      ['network', 35],
      ['model', 380],
      ['buffer', 52],
    ]);
    expect(parts.find(({ name }) => name === 'model')?.share).toBeCloseTo(380 / 672);
  });

  it('fills the bar exactly, whatever the figures', () => {
    fc.assert(
      fc.property(timings, (any) => {
        const parts = toWaterfall(any);
        if (parts.length > 0) expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
        for (const { share } of parts) expect(share).toBeGreaterThan(0);
      }),
    );
  });

  it('draws no bar backwards when a clock was off', () => {
    const parts = toWaterfall({ waitMs: 200, networkMs: -8, modelMs: 300, holdMs: 0, bufferMs: 40, totalMs: 532 });
    expect(parts.map(({ name }) => name)).toEqual(['wait', 'model', 'buffer']);
  });
});
