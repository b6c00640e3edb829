import { describe, expect, it } from 'vitest';
import { silentLogger } from '#kernel/logger';
import { chooseUpstream } from './choose-upstream.ts';
import { parseConfig } from './config.ts';

async function chosen(env: Record<string, string>, file = '') {
  const config = parseConfig(env, () => file);
  if (!config.ok) throw new Error(JSON.stringify(config.problem));
  const choice = await chooseUpstream(config.value.upstreams, env, silentLogger);
  await choice.close();
  return choice;
}

describe('who answers', () => {
  it('is the configured server, named without its key', async () => {
    const env = { OMNI_SERVICE_URL: 'http://127.0.0.1:9', OMNI_MODEL: 'Qwen/Qwen2.5-Omni-7B', OMNI_API_KEY: 'canary' };
    const { upstream, line, report } = await chosen(env);
    expect([upstream.name, upstream.model]).toEqual(['omni-chat', 'Qwen/Qwen2.5-Omni-7B']);
    expect(line).toBe('Answers come from http://127.0.0.1:9 (Qwen/Qwen2.5-Omni-7B).');
    expect(JSON.stringify(report({ withLogs: true }))).not.toContain('canary');
  });

  it('are all servers of the file, in its order', async () => {
    const groups = [
      {
        name: 'gpu',
        servers: [
          { kind: 'omni-chat', url: 'http://127.0.0.1:9' },
          { kind: 'omni-chat', url: 'http://127.0.0.1:10' },
        ],
      },
      {
        name: 'parts',
        servers: [
          {
            kind: 'cascade',
            recogniser: { url: 'http://127.0.0.1:11' },
            chat: { url: 'http://127.0.0.1:12', model: 'm' },
          },
        ],
      },
      {
        name: 'cloud',
        cloud: true,
        servers: [{ kind: 'omni-realtime', name: 'far', url: 'ws://127.0.0.1:13', model: 'q' }],
      },
      { name: 'echo', servers: [{ kind: 'echo' }] },
    ];
    const { line, report } = await chosen({ EARSHOT_UPSTREAMS: 'x' }, JSON.stringify({ cloud: true, groups }));
    expect(report({ withLogs: true }).map(({ name, group, kind }) => [name, group, kind])).toEqual([
      ['gpu-1', 'gpu', 'omni-chat'],
      ['gpu-2', 'gpu', 'omni-chat'],
      ['parts', 'parts', 'cascade'],
      ['far', 'cloud', 'omni-realtime'],
      ['echo', 'echo', 'echo'],
    ]);
    expect(line).toBe(
      'Answers come from http://127.0.0.1:9 and http://127.0.0.1:10, else http://127.0.0.1:12 (m, heard and spoken by other servers), else ws://127.0.0.1:13 (q), else the echo.',
    );
  });
});
