import { describe, expect, it } from 'vitest';
import { OMNI_FAMILIES, omniFamilyOf } from './omni.ts';

describe('the families of omni models', () => {
  it.each([
    ['Qwen/Qwen3-Omni-30B-A3B-Instruct', 'qwen3-omni'],
    ['qwen3-omni-flash', 'qwen3-omni'],
    ['/models/Qwen3-Omni-30B-A3B-Instruct-AWQ', 'qwen3-omni'],
    ['Qwen/Qwen2.5-Omni-7B', 'qwen2.5-omni'],
    ['ggml-org/Qwen2.5-Omni-3B-GGUF', 'qwen2.5-omni'],
  ])('recognise %s as %s', (model, family) => {
    expect(omniFamilyOf(model)?.name).toBe(family);
  });

  it.each(['Qwen/Qwen3-30B-A3B', 'Qwen/Qwen2-Audio-7B', 'gpt-4o-audio-preview', ''])('do not claim %j', (model) => {
    expect(omniFamilyOf(model)).toBeUndefined();
  });

  it('name voices the way servers compare them, in lower case', () => {
    for (const { voices } of OMNI_FAMILIES) {
      expect(voices.length).toBeGreaterThan(0);
      for (const voice of voices) expect(voice).toBe(voice.toLowerCase());
    }
  });

  it('say that a stock Qwen2.5-Omni answers one turn at a time and speaks late', () => {
    expect(omniFamilyOf('Qwen/Qwen2.5-Omni-7B')).toMatchObject({ maxConcurrent: 1, audio: 'late' });
    expect(omniFamilyOf('Qwen/Qwen3-Omni-30B-A3B-Instruct')).toMatchObject({ maxConcurrent: 64, audio: 'streamed' });
  });
});
