import { describe, expect, it } from 'vitest';
import { formatDuration, formatLength, formatLevel, formatProgress, formatWait } from './format.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0.00 s'],
    [780, '0.78 s'],
    [9_994, '9.99 s'],
    [9_996, '10.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1:00 min'],
    [65_400, '1:05 min'],
    [-3, '0.00 s'],
  ])('shows %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('formatLength', () => {
  it.each([
    [3_180, '3.2 s'],
    [9_960, '10 s'],
    [59_600, '1 min'],
  ])('shows %d ms as %s', (ms, text) => expect(formatLength(ms)).toBe(text));
});

describe('formatWait', () => {
  it.each([
    [0, '1 s'],
    [8_400, '8 s'],
    [130_000, '2 min'],
  ])('shows %d ms as %s', (ms, text) => expect(formatWait(ms)).toBe(text));
});

describe('formatLevel', () => {
  it('has a minus sign, no line break before the unit, and no negative zero', () => {
    expect([-44.6, -0.2, 13.7].map(formatLevel)).toEqual(['−45\u00a0dB', '0\u00a0dB', '14\u00a0dB']);
  });
});

describe('formatProgress', () => {
  it('names the whole only where it is known', () => {
    expect(formatProgress(3_200_000, 8_679_182)).toBe('3.2 of 8.7\u00a0MB');
    expect(formatProgress(3_200_000, 0)).toBe('3.2\u00a0MB');
  });
});
