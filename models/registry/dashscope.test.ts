import { describe, expect, it } from 'vitest';
import { DASHSCOPE_FAMILIES, dashScopeFamilyOf } from './dashscope.ts';

describe('the families of models DashScope serves', () => {
  it.each([
    ['qwen3-omni-flash', 'qwen3-omni-flash'],
    ['qwen3-omni-flash-realtime-2025-12-01', 'qwen3-omni-flash'],
    ['qwen3.5-omni-plus-realtime', 'qwen3.5-omni'],
    ['qwen3.8-omni-flash-realtime', 'qwen3.5-omni'],
    ['qwen-omni-turbo-realtime', 'qwen-omni-turbo'],
    ['qwen2.5-omni-7b', 'qwen-omni-turbo'],
  ])('recognise %s as %s', (model, family) => {
    expect(dashScopeFamilyOf(model)?.name).toBe(family);
  });

  it.each(['Qwen/Qwen3-Omni-30B-A3B-Instruct', 'qwen3-asr-flash-realtime', 'gpt-realtime', ''])(
    'do not claim %j',
    (model) => {
      expect(dashScopeFamilyOf(model)).toBeUndefined();
    },
  );

  it('have a voice each, named once and with a capital, as the server spells it', () => {
    for (const { voices } of DASHSCOPE_FAMILIES) {
      expect(voices.length).toBeGreaterThan(0);
      expect(new Set(voices).size).toBe(voices.length);
      for (const voice of voices) expect(voice).toMatch(/^[A-Z]/);
    }
  });
});
