import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('the command line', () => {
  it('calls a relay of its own quickly when nothing is said', () => {
    expect(parseOptions([])).toEqual({
      ok: true,
      value: {
        callers: ['patient', 'interrupter', 'backchanneller'],
        ...{ turns: 3, out: 'test-results/simulation', pace: 'fast', speed: 8, tickMs: 200, seed: 1 },
      },
    });
  });

  it.each([
    ['ws://127.0.0.1:7860/v1/realtime?model=m', 'openai'],
    ['wss://example.com/api-ws/v1/realtime?model=m', 'dashscope'],
    ['ws://127.0.0.1:7860/voice', 'gateway'],
  ])('knows the dialect of %s', (url, dialect) => {
    expect(parseOptions([`--url=${url}`])).toMatchObject({ ok: true, value: { server: { dialect } } });
    expect(parseOptions([`--url=${url}`, '--dialect=openai-beta'])).toMatchObject({
      ok: true,
      value: { server: { dialect: 'openai-beta' } },
    });
  });

  it('goes at the speed of sound at real pace, whatever speed is named', () => {
    expect(parseOptions(['--pace=real', '--speed=8'])).toMatchObject({ ok: true, value: { pace: 'real', speed: 1 } });
  });

  it.each([
    '--turns=0',
    '--speed=0.5',
    '--tick=30',
    '--seed=x',
    '--pace=slow',
    '--dialect=klingon',
    '--url=nowhere',
    '--url=http://127.0.0.1/v1/realtime',
    '--url=ws://127.0.0.1/elsewhere',
    '--unheard-of',
  ])('refuses %s in words', (argument) => {
    expect(parseOptions([argument])).toMatchObject({ ok: false, problem: expect.any(String) as string });
  });
});
