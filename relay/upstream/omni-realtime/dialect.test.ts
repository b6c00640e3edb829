import { describe, expect, it } from 'vitest';
import { toSocketUrl } from './address.ts';
import { dialectOf } from './dialect.ts';

const DASHSCOPE = 'wss://dashscope-intl.aliyuncs.com/api-ws/v1/realtime';
const FLAT = { object: 'realtime.session', modalities: ['text', 'audio'] };
const GA = { object: 'realtime.session', type: 'realtime', output_modalities: ['audio'] };

describe('the dialect', () => {
  it.each([
    ['dashscope', FLAT, DASHSCOPE, 'qwen3-omni-flash-realtime'],
    ['dashscope', FLAT, 'ws://gpu/v1/realtime', 'Qwen/Qwen3-Omni-30B-A3B-Instruct'],
    ['openai-beta', FLAT, 'ws://gpu/v1/realtime', 'gpt-4o-realtime-preview'],
    ['openai', GA, 'ws://gpu/v1/realtime', 'Qwen/Qwen3-Omni-30B-A3B-Instruct'],
    ['openai', { object: 'realtime.session', audio: {} }, 'ws://gpu/v1/realtime', 'm'],
    ['turn-streaming', undefined, 'ws://gpu/v1/realtime', 'Qwen/Qwen3-Omni-30B-A3B-Instruct'],
  ])('is %s for a session like %j at %s with %s', (name, session, url, model) => {
    expect(dialectOf(session, url, model).name).toBe(name);
  });
});

describe('the address', () => {
  it.each([
    [DASHSCOPE, `${DASHSCOPE}?model=a%2Fb`],
    ['http://127.0.0.1:8091', 'ws://127.0.0.1:8091/v1/realtime?model=a%2Fb'],
    ['https://gpu.example/v1', 'wss://gpu.example/v1/realtime?model=a%2Fb'],
    ['wss://gpu.example/own/route?x=1', 'wss://gpu.example/own/route?x=1&model=a%2Fb'],
  ])('%s becomes %s', (address, url) => {
    expect(toSocketUrl(address, 'a/b')).toBe(url);
  });

  it.each(['nonsense', 'ftp://x'])('%s is none', (address) => {
    expect(() => toSocketUrl(address, 'm')).toThrow();
  });
});
