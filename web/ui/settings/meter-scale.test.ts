import { describe, expect, it } from 'vitest';
import { SETTING_RANGES } from '../app-settings.ts';
import { toFirstGateDb, toShare } from './meter-scale.ts';

describe('toShare', () => {
  it('goes from a silent room to full scale, and no further', () => {
    expect([-Infinity, -120, -80, -40, 0, 6].map(toShare)).toEqual([0, 0, 0, 0.5, 1, 1]);
  });
});

describe('toFirstGateDb', () => {
  it('lies a little above the noise of the room', () => {
    expect(toFirstGateDb(-58.3)).toBe(-48);
  });

  it('stays within what can be set, in any room', () => {
    const { min, max } = SETTING_RANGES.gateDb;
    expect(toFirstGateDb(-120)).toBe(min);
    expect(toFirstGateDb(0)).toBe(max);
    for (const gateDb of [toFirstGateDb(undefined), toFirstGateDb(-41.7)]) {
      expect(gateDb).toBeGreaterThan(min);
      expect(gateDb).toBeLessThan(max);
    }
  });
});
