import { describe, expect, it } from 'vitest';
import { mean, median, percentile, toRate } from './statistics.ts';

describe('figures of many values', () => {
  it('takes the middle value, or what lies between the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
  });

  it('takes the value that a share of all do not exceed', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(values, 0.95)).toBe(95);
    expect(percentile([7], 0.95)).toBe(7);
  });

  it('makes a rate of cases', () => {
    expect(mean(toRate([true, false, false, false]))).toBe(25);
  });

  it('says that of nothing there is no figure', () => {
    expect([median([]), percentile([], 0.5), mean([])]).toEqual([NaN, NaN, NaN]);
  });
});
