import { describe, expect, it } from 'vitest';
import { serviceOf } from './model-name.ts';

const SERVED = { model: 'Qwen/Qwen3-Omni-30B-A3B-Instruct', recogniserModel: 'Systran/faster-whisper-large-v3' };

describe('the model a client names', () => {
  it.each([
    ['qwen3-omni-flash-realtime', 'conversation'],
    ['qwen3-omni-flash-realtime-2025-12-01', 'conversation'],
    ['qwen-omni-turbo-realtime', 'conversation'],
    ['qwen3.5-omni-plus-realtime', 'conversation'],
    ['Qwen3-Omni-30B-A3B-Instruct', 'conversation'],
    ['Qwen/Qwen3-Omni-30B-A3B-Instruct', 'conversation'],
    ['qwen3-asr-flash-realtime', 'recognition'],
    ['qwen3-asr-flash-realtime-2025-10-27', 'recognition'],
    ['faster-whisper-large-v3', 'recognition'],
    ['qwen3-omni-flash', undefined],
    ['gpt-4o-realtime', undefined],
    ['qwen3-tts-realtime', undefined],
    ['', undefined],
  ])('%s asks for a %s', (name, service) => {
    expect(serviceOf(name, SERVED)).toBe(service);
  });

  it('asks for no recogniser that there is not', () => {
    expect(serviceOf('whisper-1', { model: 'echo', recogniserModel: undefined })).toBeUndefined();
  });
});
