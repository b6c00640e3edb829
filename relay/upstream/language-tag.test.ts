import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { language } from '#protocol/common';
import { toLanguageTag } from './language-tag.ts';

describe('what servers call a language', () => {
  it.each([
    ['english', 'en'],
    ['German', 'de'],
    ['hebrew', 'he'],
    ['en', 'en'],
    ['en-us', 'en-US'],
    ['pt_BR', 'pt-BR'],
    ['iw', 'he'],
    ['yue', 'yue'],
    [' zh-hant ', 'zh-Hant'],
  ])('is understood: %s is %s', (told, tag) => {
    expect(toLanguageTag(told)).toBe(tag);
  });

  it.each(['', 'auto', 'unknown', 'multi', 'und', 'qqq', '<|en|>', '中文'])('may be no language: %j', (told) => {
    expect(toLanguageTag(told)).toBeUndefined();
  });

  it('is something the wire can carry, or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8}){0,3}$/)), (told) => {
        const tag = toLanguageTag(told);
        expect(tag === undefined || v.is(language, tag)).toBe(true);
      }),
    );
  });
});
