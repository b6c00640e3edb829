import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { language as languageTag } from '#protocol/common';
import { detectLanguage } from './detect.ts';
import { SENTENCES } from './testing/sentences.ts';

/** Shares of all sentences; those neither right nor wrong were left open. */
function measure(likelyFor: (language: string) => readonly string[]) {
  const told = Object.entries(SENTENCES).flatMap(([language, sentences]) =>
    sentences.map((sentence) => ({ language, as: detectLanguage(sentence, likelyFor(language)) })),
  );
  const right = told.filter(({ language, as }) => as === language).length / told.length;
  const open = told.filter(({ as }) => as === undefined).length / told.length;
  return { right, wrong: 1 - right - open };
}

describe('the language of a short sentence, of eleven', () => {
  it('is told nine times in ten without any context, and seldom wrong', () => {
    const { right, wrong } = measure(() => []);
    expect(right).toBeGreaterThan(0.9);
    expect(wrong).toBeLessThan(0.03);
  });

  it('is told more often in a conversation of that language', () => {
    const { right, wrong } = measure((language) => [language]);
    expect(right).toBeGreaterThan(0.94);
    expect(wrong).toBeLessThan(0.02);
  });

  it.each([
    ['en', 'de'],
    ['es', 'en'],
    ['fr', 'it'],
    ['pt', 'es'],
    ['ja', 'zh'],
  ] as const)('is told from the other one while interpreting between %s and %s', (one, other) => {
    const told = [one, other].flatMap((language) =>
      SENTENCES[language].map((sentence) => ({ language, as: detectLanguage(sentence, [one, other]) })),
    );
    expect(told.filter(({ language, as }) => as === language).length).toBeGreaterThanOrEqual(20);
    expect(told.filter(({ language, as }) => as !== undefined && as !== language).length).toBeLessThanOrEqual(2);
  });
});

describe('detectLanguage', () => {
  it.each([
    ['Де найближча аптека? Вона ще відкрита?', 'uk'],
    ['یہ بازار کہاں ہے؟', 'ur'],
    ['پنج دقیقه دیگر می‌رسم', 'fa'],
    ['Bây giờ là mấy giờ rồi?', 'vi'],
    ['Πού είναι ο σταθμός;', 'el'],
    ['מה השעה עכשיו?', 'he'],
    ['请打开 Spotify 播放列表', 'zh'],
    ['駅', 'zh'],
  ])('takes %s for %s', (text, language) => {
    expect(detectLanguage(text)).toBe(language);
  });

  it('takes a few Han characters for Japanese where Japanese is spoken', () => {
    expect(detectLanguage('駅', ['ja'])).toBe('ja');
  });

  it.each(['', 'OK', 'Hm.', '10:30', '👍', '...'])('leaves %j open', (text) => {
    expect(detectLanguage(text)).toBeUndefined();
  });

  it('names a language the wire can carry, or none, whatever the text', () => {
    const tags = fc.subarray(['en', 'pt-BR', 'zh-Hant', 'ja', 'yue', 'sr-Latn']);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), tags, (text, likely) => {
        const language = detectLanguage(text, likely);
        expect(language === undefined || v.is(languageTag, language)).toBe(true);
      }),
    );
  });
});
