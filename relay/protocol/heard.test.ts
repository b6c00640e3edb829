import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heardText, spokenMs } from '#protocol';

describe('what was heard of an answer', { timeout: 60_000 }, () => {
  it.each([
    ['nothing played', 'High water is at noon.', 0, 100, ''],
    ['all played', 'High water is at noon.', 100, 100, 'High water is at noon.'],
    ['more than all', 'Noon.', 120, 100, 'Noon.'],
    ['an answer without sound', 'Noon.', 1, 0, 'Noon.'],
    ['cut within a word', 'High water is at noon.', 40, 100, 'High'],
    ['cut between words', 'High water is at noon.', 50, 100, 'High water'],
    ['a script without spaces', '高潮在中午到来', 50, 100, '高潮在'],
    ['astral characters', '😀😀😀😀', 50, 100, '😀😀'],
  ])('is right with %s', (_name, text, heard, total, expected) => {
    expect(heardText(text, heard, total)).toBe(expected);
  });

  it('is a prefix that only grows with what is played', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(1000), fc.nat(1000), (text, a, b) => {
        const [less, more] = [heardText(text, Math.min(a, b), 1000), heardText(text, Math.max(a, b), 1000)];
        return text.startsWith(less) && more.startsWith(less);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('how long a text takes to be spoken', () => {
  it('is about what voices of the models take, in letters and in characters', () => {
    const english = spokenMs('The afternoon is sunny and warm.');
    expect(english).toBeGreaterThan(1_600);
    expect(english).toBeLessThan(2_600);
    const chinese = spokenMs('下午阳光明媚，天气温暖。');
    expect(chinese / english).toBeGreaterThan(0.7);
    expect(chinese / english).toBeLessThan(1.4);
  });
});
