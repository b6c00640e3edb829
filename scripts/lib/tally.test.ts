import { describe, expect, it } from 'vitest';
import { sum, summaryLine, toOutcome } from './tally.mjs';

const ENDED_WELL = { code: 0, isOverTime: false };
const skip = { title: 'speaks', reason: 'no voice installed' };

describe('a runner that ends', () => {
  it('has the outcome it wrote', () => {
    const written = { passed: 2, failed: ['a'], skipped: [skip] };
    expect(toOutcome('unit', JSON.stringify(written), { code: 1, isOverTime: false })).toEqual(written);
  });

  it.each([
    ['without a report', undefined, { code: 0, isOverTime: false }],
    ['with half a report', '{"passed":', { code: 0, isOverTime: false }],
    ['with no tests', '{"passed":0,"failed":[],"skipped":[]}', ENDED_WELL],
    ['with all tests skipped', JSON.stringify({ passed: 0, failed: [], skipped: [skip] }), ENDED_WELL],
    [
      'with a code other than 0 though all passed',
      '{"passed":3,"failed":[],"skipped":[]}',
      { code: 1, isOverTime: false },
    ],
    ['by a signal though all passed', '{"passed":3,"failed":[],"skipped":[]}', { code: null, isOverTime: false }],
    ['at its time limit', '{"passed":3,"failed":[],"skipped":[]}', { code: null, isOverTime: true }],
  ])('%s has failed', (_, json, exit) => {
    expect(toOutcome('unit', json, exit).failed).toHaveLength(1);
  });
});

describe('the last line', () => {
  it('adds up every outcome', () => {
    const total = sum([
      { passed: 1, failed: [], skipped: [] },
      { passed: 4, failed: ['a', 'b'], skipped: [] },
    ]);
    expect(summaryLine(total)).toBe('5 passed, 2 failed');
  });

  it('names skipped tests only when there are some', () => {
    expect(summaryLine({ passed: 1, failed: [], skipped: [skip] })).toBe('1 passed, 0 failed, 1 skipped');
  });
});
