import { describe, expect, it } from 'vitest';
import { offeredLanguages, usualPair } from './offered-languages.ts';

describe('the languages on offer', () => {
  it('are those the answering model speaks, by name, and then those it only understands', () => {
    const { spoken, understood } = offeredLanguages('Qwen/Qwen3-Omni-30B-A3B-Instruct');
    expect(spoken).toEqual(['zh', 'en', 'fr', 'de', 'it', 'ja', 'ko', 'pt', 'ru', 'es']);
    expect(understood).toContain('ar');
    expect(understood.filter((language) => spoken.includes(language))).toEqual([]);
  });

  it('of a cascade are what its ear hears and its voice speaks', () => {
    const { spoken, understood } = offeredLanguages('whisper-large-v3 + qwen3-8b + kokoro');
    expect(spoken).toContain('hi');
    expect(spoken).not.toContain('de');
    expect(understood).toContain('de');
  });

  it('are the usual ones where nobody knows the model', () => {
    expect(offeredLanguages('')).toEqual(offeredLanguages('Qwen3-Omni'));
  });
});

describe('the pair an interpreter starts with', () => {
  it.each([
    ['de-AT', ['de', 'en']],
    ['en-GB', ['en', 'es']],
    ['', ['en', 'es']],
  ])('for %j is %j', (own, pair) => {
    expect(usualPair(own)).toEqual(pair);
  });
});
