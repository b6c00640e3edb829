import { describe, expect, it } from 'vitest';
import { languagesOf, MODEL_LANGUAGES } from './languages.ts';

describe('the languages of models', () => {
  it.each([
    ['Qwen/Qwen3-Omni-30B-A3B-Instruct', 'de', true],
    ['Qwen/Qwen3-Omni-30B-A3B-Instruct', 'tr', false],
    ['Qwen/Qwen2.5-Omni-7B', 'de', false],
    ['hexgrad/Kokoro-82M', 'hi', true],
    ['Qwen3-TTS-12Hz-1.7B', 'ko', true],
  ])('%s speaks %s: %s', (model, language, speaks) => {
    expect(languagesOf(model)?.output?.includes(language)).toBe(speaks);
  });

  it('tell an English-only recogniser from its siblings', () => {
    expect(languagesOf('Systran/faster-whisper-base.en')?.input).toEqual(['en']);
    expect(languagesOf('Systran/faster-whisper-large-v3')?.input?.length).toBe(100);
  });

  it('are nothing we would make up', () => {
    expect(languagesOf('echo')).toBeUndefined();
  });

  it('are names that every browser knows, none twice', () => {
    const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
    for (const { input = [], output = [] } of MODEL_LANGUAGES) {
      for (const codes of [input, output]) {
        expect(new Set(codes).size).toBe(codes.length);
        expect(codes.filter((code) => names.of(code) === undefined)).toEqual([]);
      }
    }
  });
});
