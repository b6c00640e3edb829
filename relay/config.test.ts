import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const problemsOf = (env: Record<string, string>) => {
  const parsed = parseConfig(env);
  return parsed.ok ? [] : parsed.problem.map(({ variable }) => variable);
};

describe('settings', () => {
  it('have defaults that listen on loopback', () => {
    expect(parseConfig({})).toEqual({
      ok: true,
      value: { host: '127.0.0.1', port: 7860, logLevel: 'warn', allowedHosts: [] },
    });
  });

  it('are read from the environment', () => {
    const parsed = parseConfig({
      ...{ HOST: '0.0.0.0', PORT: '8000', ALLOWED_HOSTS: 'Earshot.example, 10.0.0.5,[fd00::1]', LOG_LEVEL: 'INFO' },
      ...{ OMNI_SERVICE_URL: 'https://gpu.example/omni/', OMNI_MODEL: 'Qwen/Qwen2.5-Omni-7B', OMNI_API_KEY: 'k-1' },
    });
    expect(parsed).toEqual({
      ok: true,
      value: {
        ...{ host: '0.0.0.0', port: 8000, logLevel: 'info', allowedHosts: ['earshot.example', '10.0.0.5', 'fd00::1'] },
        service: { url: 'https://gpu.example/omni', model: 'Qwen/Qwen2.5-Omni-7B', apiKey: 'k-1' },
      },
    });
  });

  it.each([
    ['PORT', { PORT: '-1' }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '80a' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['ALLOWED_HOSTS', { ALLOWED_HOSTS: 'https://earshot.example' }],
    ['ALLOWED_HOSTS', { ALLOWED_HOSTS: 'earshot.example:443' }],
    ['ALLOWED_HOSTS', { ALLOWED_HOSTS: '*' }],
    ['ALLOWED_HOSTS', { HOST: '0.0.0.0' }],
    ['OMNI_SERVICE_URL', { OMNI_SERVICE_URL: 'gpu.example' }],
    ['OMNI_SERVICE_URL', { OMNI_SERVICE_URL: 'ftp://gpu.example' }],
    ['OMNI_SERVICE_URL', { OMNI_SERVICE_URL: 'http://me:secret@gpu.example' }],
    ['OMNI_SERVICE_URL', { OMNI_SERVICE_URL: 'http://gpu.example/?key=secret' }],
    ['OMNI_SERVICE_URL', { OMNI_MODEL: 'm' }],
    ['OMNI_API_KEY', { OMNI_SERVICE_URL: 'http://gpu.example', OMNI_API_KEY: 'a\nb' }],
  ])('name %s when it is wrong: %j', (variable, env) => {
    expect(problemsOf(env)).toEqual([variable]);
  });

  it('are told wrong all at once, without what was set', () => {
    const env = { PORT: 'hunter2', LOG_LEVEL: 'hunter2', OMNI_SERVICE_URL: 'http://x:hunter2@gpu.example' };
    const parsed = parseConfig(env);
    expect(problemsOf(env)).toEqual(['PORT', 'LOG_LEVEL', 'OMNI_SERVICE_URL']);
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });
});
