import { describe, expect, it } from 'vitest';
import { toAnswerLanguage, toOtherLanguage } from './translation.ts';

describe('the language of an answer', () => {
  it('is the other of the two while interpreting, whatever the region', () => {
    expect(toOtherLanguage(['de', 'en-GB'], 'de-AT')).toBe('en-GB');
    expect(toOtherLanguage(['de', 'en-GB'], 'en')).toBe('de');
    expect(toOtherLanguage(['de', 'en-GB'], 'fr')).toBeUndefined();
  });

  it('is fixed where it was fixed, and that of the user where it is mirrored or left open', () => {
    expect(toAnswerLanguage({ answerLanguage: 'fr' }, 'de')).toBe('fr');
    expect(toAnswerLanguage({ answerLanguage: 'mirror' }, 'de')).toBe('de');
    expect(toAnswerLanguage({}, 'de')).toBe('de');
  });

  it('is that of the interpreter before any other', () => {
    expect(toAnswerLanguage({ answerLanguage: 'fr', translation: { languages: ['de', 'en'] } }, 'de')).toBe('en');
    expect(toAnswerLanguage({ translation: { languages: ['de', 'en'] } }, undefined)).toBeUndefined();
  });
});
