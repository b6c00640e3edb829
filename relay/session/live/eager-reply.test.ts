import { describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import type { ReplyEvent, UpstreamTurn } from '../../upstream/upstream.ts';
import { ScriptedUpstream } from '../testing/scripted-upstream.ts';
import { EagerReply } from './eager-reply.ts';
import { settled } from './testing/live-stage.ts';

const TURN: UpstreamTurn = { settings: {}, items: [{ kind: 'user', text: 'Hello.' }] };

async function all(reply: EagerReply): Promise<ReplyEvent[]> {
  const events: ReplyEvent[] = [];
  for await (const event of reply.events()) events.push(event);
  return events;
}

describe('a reply asked for eagerly', () => {
  it('keeps what comes before anybody reads it', async () => {
    const upstream = new ScriptedUpstream();
    const reply = new EagerReply(upstream, Promise.resolve(TURN));
    await settled();
    upstream.last.text('a').text('b');
    await settled();
    expect(upstream.last.taken).toBe(2);
    const read = all(reply);
    upstream.last.text('c').end();
    expect(await read).toMatchObject([{ text: 'a' }, { text: 'b' }, { text: 'c' }]);
  });

  it('is not read from the upstream beyond its limit until somebody listens', async () => {
    const upstream = new ScriptedUpstream();
    const reply = new EagerReply(upstream, Promise.resolve(TURN));
    await settled();
    const pcm = new Uint8Array(LIMITS.maxReplyBufferBytes / 2);
    for (let i = 0; i < 6; i++) upstream.last.push({ kind: 'audio', pcm });
    upstream.last.end();
    await settled();
    expect(upstream.last.taken).toBe(3);
    expect(await all(reply)).toHaveLength(6);
  });

  it('ends with a failure when its turn cannot be put together, and at once when aborted', async () => {
    const upstream = new ScriptedUpstream();
    const broken = new EagerReply(upstream, Promise.reject(new Error('no sound')));
    expect(await all(broken)).toMatchObject([{ kind: 'failed', problem: { kind: 'upstream-faulty' } }]);
    const reply = new EagerReply(upstream, Promise.resolve(TURN));
    await settled();
    const read = all(reply);
    reply.abort();
    expect(await read).toEqual([]);
    expect(upstream.last.signal.aborted).toBe(true);
  });
});
