import { describe, expect, it } from 'vitest';
import { speechFamilyOf } from './speech.ts';

describe('the registry of speech models', () => {
  it.each([
    ['kokoro', 'kokoro', 'af_heart'],
    ['hexgrad/Kokoro-82M', 'kokoro', 'af_heart'],
    ['Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice', 'qwen3-tts', 'vivian'],
    ['aura-2-thalia-en', 'deepgram-aura', 'aura-2-thalia-en'],
    ['tts-1-hd', 'openai', 'alloy'],
    ['gpt-4o-mini-tts', 'openai', 'alloy'],
  ])('knows %s as %s', (model, name, defaultVoice) => {
    expect(speechFamilyOf(model)).toMatchObject({ name, defaultVoice, rateHz: 24_000 });
  });

  it('knows nothing of others', () => {
    expect(speechFamilyOf('en_US-lessac-medium')).toBeUndefined();
    expect(speechFamilyOf('')).toBeUndefined();
  });
});
