import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinText, withoutOverlap } from './overlap.ts';

describe('what two pieces share', () => {
  it.each([
    ['we went to the river', 'The river was wide.', 'was wide.'],
    ['and then, she said', 'she said: no.', 'no.'],
    ['nothing in common', 'something else', 'something else'],
    ['the end', 'the end', ''],
    ['我们去河边', '河边很宽', '很宽'],
    ['', 'first words', 'first words'],
    ['words', '', ''],
  ])('of "%s" and "%s" is left out', (before, next, fresh) => {
    expect(withoutOverlap(before, next)).toBe(fresh);
  });

  it('is found whatever was cut', () => {
    const word = fc.constantFrom('alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel');
    const words = fc.uniqueArray(word, { minLength: 3, maxLength: 8 });
    fc.assert(
      fc.property(words, fc.nat(), fc.nat(), (all, a, b) => {
        const from = a % all.length;
        const to = from + 1 + (b % (all.length - from));
        const [before, next] = [all.slice(0, to), all.slice(from)];
        const fresh = withoutOverlap(before.join(' '), next.join(' '));
        expect(joinText(before.join(' '), fresh)).toBe(all.join(' '));
      }),
    );
  });
});

describe('joining', () => {
  it('puts spaces where the script has them', () => {
    expect(joinText('one', 'two')).toBe('one two');
    expect(joinText('我们。', '去')).toBe('我们。去');
    expect(joinText('', 'two')).toBe('two');
  });
});
