import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const problemsOf = (env: Record<string, string>) => {
  const parsed = parseConfig(env);
  return parsed.ok ? [] : parsed.problem.map(({ variable }) => variable);
};

describe('settings', () => {
  it('have defaults that listen on loopback', () => {
    const parsed = parseConfig({});
    expect(parsed).toMatchObject({
      ok: true,
      value: { host: '127.0.0.1', port: 7860, logLevel: 'warn', allowedHosts: [], apiKeys: [] },
    });
    expect(parsed).not.toHaveProperty('value.upstreams');
  });

  it('are read from the environment', () => {
    const parsed = parseConfig({
      ...{ HOST: '0.0.0.0', PORT: '8000', ALLOWED_HOSTS: 'Earshot.example, 10.0.0.5,[fd00::1]', LOG_LEVEL: 'INFO' },
      ...{ OMNI_SERVICE_URL: 'https://gpu.example/omni/', OMNI_MODEL: 'Qwen/Qwen2.5-Omni-7B', OMNI_API_KEY: 'k-1' },
      ...{ EARSHOT_END_OF_TURN_MODEL: 'off', EARSHOT_MODELS_DIR: '/srv/models' },
      API_KEYS: 'kept-in-the-kitchen-1, kept-in-the-cellar-2,',
    });
    expect(parsed).toEqual({
      ok: true,
      value: {
        ...{ host: '0.0.0.0', port: 8000, logLevel: 'info', allowedHosts: ['earshot.example', '10.0.0.5', 'fd00::1'] },
        apiKeys: ['kept-in-the-kitchen-1', 'kept-in-the-cellar-2'],
        models: { folder: '/srv/models' },
        upstreams: {
          cloud: false,
          groups: [
            {
              ...{ name: 'omni-chat', cloud: false, takesOverflow: false },
              servers: [
                {
                  ...{ kind: 'omni-chat', url: 'https://gpu.example/omni', model: 'Qwen/Qwen2.5-Omni-7B' },
                  ...{ apiKeyEnv: 'OMNI_API_KEY', weight: 1, warmUp: false },
                },
              ],
            },
          ],
        },
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
    ['API_KEYS', { API_KEYS: 'too-short' }],
    ['API_KEYS', { API_KEYS: 'with a space in between' }],
    ['API_KEYS', { API_KEYS: 'ek_looks-like-a-secret-of-short-life' }],
    ['OMNI_SERVICE_URL', { OMNI_SERVICE_URL: 'gpu.example' }],
    ['OMNI_SERVICE_URL', { OMNI_SERVICE_URL: 'ftp://gpu.example' }],
    ['OMNI_SERVICE_URL', { OMNI_SERVICE_URL: 'http://me:secret@gpu.example' }],
    ['OMNI_SERVICE_URL', { OMNI_SERVICE_URL: 'http://gpu.example/?key=secret' }],
    ['OMNI_SERVICE_URL', { OMNI_SERVICE_URL: 'http://gpu.example, gpu-2.example' }],
    ['OMNI_SERVICE_URL', { OMNI_MODEL: 'm' }],
    ['OMNI_MAX_CONCURRENT', { OMNI_SERVICE_URL: 'http://gpu.example', OMNI_MAX_CONCURRENT: '0' }],
    ['STT_SERVICE_URL', { STT_SERVICE_URL: 'stt.example' }],
    ['TTS_API_KEY', { TTS_SERVICE_URL: 'http://tts.example', TTS_API_KEY: 'a\nb' }],
    ['EARSHOT_UPSTREAMS', { EARSHOT_UPSTREAMS: '/nonexistent/upstreams.json' }],
    ['EARSHOT_END_OF_TURN_MODEL', { EARSHOT_END_OF_TURN_MODEL: '/nonexistent/model.onnx' }],
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

  it('take several addresses as several servers of one group', () => {
    const parsed = parseConfig({ OMNI_SERVICE_URL: 'http://a:1, http://b:2/' });
    const servers = parsed.ok ? parsed.value.upstreams?.groups[0]?.servers : [];
    expect(servers).toMatchObject([{ url: 'http://a:1' }, { url: 'http://b:2' }]);
  });

  it('name the servers of the speech routes, which may be all there is', () => {
    const env = {
      STT_SERVICE_URL: 'http://stt:1',
      TTS_SERVICE_URL: 'http://tts:2/',
      TTS_VOICE: 'ada',
      TTS_API_KEY: 'k',
    };
    const parsed = parseConfig(env);
    expect(parsed.ok && parsed.value.upstreams).toEqual({
      ...{ cloud: false, groups: [] },
      recogniser: { url: 'http://stt:1' },
      synthesiser: { url: 'http://tts:2', voice: 'ada', apiKeyEnv: 'TTS_API_KEY' },
    });
  });

  it('may be a file, which then says it all; its faults are named by line', () => {
    const read = (path: string) => {
      expect(path).toBe('/etc/earshot.json');
      return '{\n  "groups": []\n}';
    };
    const env = { EARSHOT_UPSTREAMS: '/etc/earshot.json', OMNI_SERVICE_URL: 'http://a:1', OMNI_API_KEY: 'k' };
    const parsed = parseConfig(env, read);
    const told = parsed.ok ? [] : parsed.problem.map(({ variable, detail }) => `${variable} ${detail}`);
    expect(told).toEqual([
      'OMNI_SERVICE_URL must not be set together with EARSHOT_UPSTREAMS; the file says it all',
      'EARSHOT_UPSTREAMS line 2: groups must name a group',
    ]);
  });
});
