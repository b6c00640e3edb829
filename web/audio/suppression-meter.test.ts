import { describe, expect, it } from 'vitest';
import { SuppressionMeter } from './suppression-meter.ts';

const read = (meter: SuppressionMeter, times: number, before: number, after: number) =>
  Array.from({ length: times }, () => meter.read(before, after)).at(-1)!;

describe('SuppressionMeter', () => {
  it('shows the difference of the levels', () => {
    expect(read(new SuppressionMeter(), 5, 1e-3, 1e-5)).toBeCloseTo(20, 6);
    expect(read(new SuppressionMeter(), 5, 1e-3, 1e-3)).toBe(0);
  });

  it('comes within 3 dB of a change in the signal in a second, not at once', () => {
    const meter = new SuppressionMeter();
    read(meter, 20, 1e-2, 1e-2);
    expect(meter.read(1e-4, 1e-6)).toBeLessThan(1);
    const settled = new SuppressionMeter();
    read(settled, 20, 1e-4, 1e-4);
    expect(read(settled, 10, 1e-4, 1e-6)).toBeGreaterThan(8);
  });

  it('shows nothing in silence, never less than nothing, and stays readable when all is taken out', () => {
    expect(read(new SuppressionMeter(), 5, 0, 0)).toBe(0);
    expect(read(new SuppressionMeter(), 5, 1e-5, 1e-4)).toBe(0);
    expect(read(new SuppressionMeter(), 5, 1e-3, 0)).toBe(60);
  });
});
