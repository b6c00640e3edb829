import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCalibrated } from '../calibrated.ts';
import { toConfirmMs } from './confirm-time.ts';
import { beyondPauseMs, learn, TYPICAL_PAUSES } from './pauses.ts';
import { TURN_TUNING } from './turn-tuning.ts';

describe('toConfirmMs', () => {
  it('waits beyond the typical pause when nothing else is known', () => {
    expect(toConfirmMs(TURN_TUNING, TYPICAL_PAUSES, undefined)).toBe(700);
  });

  it('waits longer for who pauses long, and shorter for who does not', () => {
    const slow = [800, 900, 850, 900].reduce(learn, TYPICAL_PAUSES);
    const quick = [120, 150, 130, 140].reduce(learn, TYPICAL_PAUSES);
    expect(toConfirmMs(TURN_TUNING, slow, undefined)).toBeGreaterThan(800);
    expect(toConfirmMs(TURN_TUNING, quick, undefined)).toBeLessThan(700);
  });

  it('believes a model that is sure, and waits the longer the less it believes in an end', () => {
    const at = (judged: number) => toConfirmMs(TURN_TUNING, TYPICAL_PAUSES, judged);
    expect([at(1), at(0.5)]).toEqual([320, 320]);
    expect(at(0)).toBe(1_800);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.499, noNaN: true }), (judged) => {
        expect(at(judged)).toBeGreaterThanOrEqual(700);
        expect(at(judged)).toBeGreaterThanOrEqual(at(judged + 0.001));
      }),
    );
  });
});

describe('learn', () => {
  it('passes over what is no pause in a turn', () => {
    expect([0, -20, 1_501, Infinity].reduce(learn, TYPICAL_PAUSES)).toBe(TYPICAL_PAUSES);
  });

  it('comes to tell the pauses it always hears', () => {
    const learned = Array.from({ length: 60 }, () => 500).reduce(learn, TYPICAL_PAUSES);
    expect(beyondPauseMs(learned)).toBeCloseTo(500, 0);
  });
});

describe('toCalibrated', () => {
  it('keeps 0, 1 and order, and puts the threshold at one half', () => {
    const inside = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(inside, inside, inside, (threshold, a, b) => {
        expect(toCalibrated(0, threshold)).toBe(0);
        expect(toCalibrated(1, threshold)).toBe(1);
        expect(toCalibrated(threshold, threshold)).toBeCloseTo(0.5, 9);
        // Neighbouring numbers may be rounded to the same.
        if (b - a > 1e-9) expect(toCalibrated(a, threshold)).toBeLessThan(toCalibrated(b, threshold));
      }),
    );
  });
});
