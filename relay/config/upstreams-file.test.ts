import { describe, expect, it } from 'vitest';
import { parseUpstreams } from './upstreams-file.ts';

const ENV = { GPU_KEY: 'canary-1', CLOUD_KEY: 'canary-2' };

const GOOD = {
  cloud: true,
  groups: [
    {
      name: 'gpu',
      servers: [
        {
          kind: 'omni-chat',
          url: 'http://10.0.0.5:8091/v1/',
          model: 'Qwen/Qwen3-Omni',
          apiKeyEnv: 'GPU_KEY',
          weight: 2,
          warmUp: true,
        },
        {
          kind: 'omni-chat',
          name: 'spare',
          url: 'http://10.0.0.6:8091',
          maxConcurrent: 1,
          process: { command: ['vllm', 'serve'] },
        },
      ],
    },
    {
      name: 'cloud',
      cloud: true,
      servers: [
        { kind: 'omni-realtime', url: 'wss://cloud.example/api-ws/v1/realtime', model: 'q', apiKeyEnv: 'CLOUD_KEY' },
      ],
    },
    {
      name: 'parts',
      takesOverflow: true,
      servers: [
        {
          kind: 'cascade',
          recogniser: { url: 'http://stt:1' },
          chat: { url: 'http://llm:2', model: 'm' },
          synthesiser: { url: 'http://tts:3', api: 'piper' },
        },
      ],
    },
    { name: 'echo', servers: [{ kind: 'echo' }] },
  ],
  admission: { maxWaiting: 5 },
  healthIntervalMs: 5_000,
};

const told = (value: unknown, env: Record<string, string> = ENV): string[] => {
  const parsed = parseUpstreams(typeof value === 'string' ? value : JSON.stringify(value, undefined, 1), env);
  return parsed.ok ? [] : parsed.problem.map(({ line, detail }) => `${line}: ${detail}`);
};
const withServer = (server: object) => ({ groups: [{ name: 'gpu', servers: [server] }] });

describe('the file of upstreams', () => {
  it('is taken with everything in it, defaults filled in', () => {
    const parsed = parseUpstreams(JSON.stringify(GOOD), ENV);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problem));
    expect(parsed.value.groups.map(({ name, takesOverflow }) => [name, takesOverflow])).toEqual([
      ['gpu', false],
      ['cloud', false],
      ['parts', true],
      ['echo', false],
    ]);
    expect(parsed.value.groups[0]?.servers).toMatchObject([
      { url: 'http://10.0.0.5:8091/v1', weight: 2, warmUp: true },
      { name: 'spare', maxConcurrent: 1, weight: 1, warmUp: false, process: { command: ['vllm', 'serve'] } },
    ]);
    expect(parsed.value.admission).toEqual({ maxWaiting: 5, maxWaitMs: 10_000 });
  });

  it('never holds a key, nor does what is made of it', () => {
    expect(JSON.stringify(parseUpstreams(JSON.stringify(GOOD), ENV))).not.toContain('canary');
  });

  it('leaves cloud groups out unless they are switched on', () => {
    const parsed = parseUpstreams(JSON.stringify({ ...GOOD, cloud: false }), ENV);
    expect(parsed.ok && parsed.value.groups.map(({ name }) => name)).toEqual(['gpu', 'parts', 'echo']);
    const onlyCloud = { groups: GOOD.groups.slice(1, 2) };
    expect(told(onlyCloud)).toEqual(['2: groups are all cloud groups, which are used only with "cloud": true']);
  });

  it('has its unknown keys named, with the one that was probably meant', () => {
    const text =
      '{\n "groups": [\n  {\n   "name": "gpu",\n   "servers": [\n    { "kind": "omni-chat", "url": "http://a:1",\n      "modle": "x" }\n   ]\n  }\n ]\n}';
    expect(told(text)).toEqual(['7: groups[0].servers[0].modle is not known; did you mean "model"?']);
    expect(told({ ...GOOD, helthIntervalMs: 1 }).at(-1)).toMatch(
      /helthIntervalMs is not known; did you mean "healthIntervalMs"\?/,
    );
    expect(told(withServer({ kind: 'echo', zzz: 1 }))[0]).toMatch(
      /zzz is not known; known are kind, name, maxConcurrent/,
    );
  });

  it.each([
    [{}, /1: groups is missing/],
    [7, /1: the file must be an object/],
    [{ groups: 'gpu' }, /2: groups must be a list of groups/],
    [withServer({ kind: 'omni' }), /servers\[0\]\.kind must be one of omni-chat, omni-realtime, cascade, echo/],
    [withServer({ kind: 'omni-chat' }), /servers\[0\]\.url is missing/],
    [withServer({ kind: 'omni-chat', url: 'gpu:8091' }), /servers\[0\]\.url must be an address/],
    [withServer({ kind: 'omni-chat', url: 'http://me:hunter2@gpu' }), /url must not carry a password/],
    [
      withServer({ kind: 'omni-chat', url: 'http://gpu', apiKey: 'hunter2' }),
      /apiKey is not known; did you mean "apiKeyEnv"/,
    ],
    [
      withServer({ kind: 'omni-chat', url: 'http://gpu', apiKeyEnv: 'NOPE' }),
      /apiKeyEnv names the variable NOPE, which is not set/,
    ],
    [withServer({ kind: 'omni-chat', url: 'http://gpu', maxConcurrent: 0 }), /maxConcurrent must be at least 1/],
    [withServer({ kind: 'omni-chat', url: 'http://gpu', weight: 'much' }), /weight must be a number/],
    [
      withServer({ kind: 'omni-chat', url: 'http://gpu', process: { command: 'vllm serve' } }),
      /process\.command must be a list/,
    ],
    [withServer({ kind: 'omni-realtime', url: 'ftp://x', model: 'm' }), /url must be an address such as wss:/],
    [withServer({ kind: 'cascade', chat: { url: 'http://llm' } }), /recogniser is missing/],
    [
      withServer({ kind: 'cascade', recogniser: { url: 'http://stt' }, chat: { url: 'http://llm' } }),
      /chat\.model is missing/,
    ],
    [
      { groups: [...GOOD.groups.slice(0, 1), ...GOOD.groups.slice(0, 1)] },
      /groups\[1\]\.name is a name another one has/,
    ],
  ])('is refused with the field that is wrong: %j', (value, expected) => {
    const lines = told(value);
    expect(lines.join('\n')).toMatch(expected);
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  it('is told everything that is wrong in one go, from the top', () => {
    const lines = told({ groups: [{ name: 'a b', servers: [] }, { name: 'x' }], admission: { maxWaiting: -1 } });
    expect(lines).toHaveLength(4);
    expect(lines.map((line) => Number.parseInt(line))).toEqual(
      [...lines.map((line) => Number.parseInt(line))].sort((a, b) => a - b),
    );
  });
});
