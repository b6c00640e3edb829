import { describe, expect, it } from 'vitest';
import { formatDuration, formatLength, formatWait } from './format.ts';

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
