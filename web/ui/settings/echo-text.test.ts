import { describe, expect, it } from 'vitest';
import { toEchoText } from './echo-text.ts';

const plain = (...report: Parameters<typeof toEchoText>) => toEchoText(...report).replaceAll('\u00a0', ' ');

describe('toEchoText', () => {
  it('tells what was measured along with what it means', () => {
    expect(plain({ mode: 'clear', leakDb: -62.3, delayMs: 86.8 })).toBe('No echo heard: −62 dB, 87 ms.');
    expect(plain({ mode: 'filtered', leakDb: -14, delayMs: 87, removedDb: 18 })).toMatch(
      /taken out: −14 dB, 87 ms, 18 dB taken out\.$/,
    );
    expect(plain({ mode: 'half-duplex', leakDb: -2, delayMs: 87 })).toMatch(/does not listen while it speaks: −2 dB/);
  });

  it('makes up no figures', () => {
    for (const mode of ['unknown', 'clear', 'filtered', 'half-duplex'] as const)
      expect(toEchoText({ mode })).not.toMatch(/\d|undefined/);
  });
});
