import { describe, expect, it } from 'vitest';
import { chooseUpstream } from './choose-upstream.ts';

describe('who answers', () => {
  it('is the configured server, named without its key', async () => {
    const service = { url: 'http://127.0.0.1:9', model: 'Qwen/Qwen2.5-Omni-7B', apiKey: 'canary' };
    const { upstream, line } = await chooseUpstream(service);
    expect([upstream.name, upstream.model]).toEqual(['omni-chat', 'Qwen/Qwen2.5-Omni-7B']);
    expect(line).toBe('Answers come from http://127.0.0.1:9 (Qwen/Qwen2.5-Omni-7B).');
  });
});
