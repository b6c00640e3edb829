import { afterEach, describe, expect, it } from 'vitest';
import { startSocketServer } from '../../testing/socket-server.ts';
import type { ConnectOptions } from '../agent-client.ts';
import type { AgentEvent } from '../agent-event.ts';
import { GatewayClient } from './gateway-client.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const ready = { type: 'ready', session: 's1', isResumed: false, format: 'pcm16', rateHz: 24_000 };

async function connect(options: Partial<ConnectOptions> = {}) {
  const server = await startSocketServer((message) => (message === undefined ? ready : undefined));
  open.push(server.close);
  const events: AgentEvent[] = [];
  const listener = (event: AgentEvent): void => void events.push(event);
  const client = await GatewayClient.connect({ url: server.url, line: 'wideband', listener, ...options });
  open.push(() => client.close());
  const heard = (kind: AgentEvent['kind']) => expect.poll(() => events.map((event) => event.kind)).toContain(kind);
  return { server, client, events, heard };
}

describe('a caller that speaks to the gateway', () => {
  it('hears a turn and its answer', async () => {
    const { server, events, heard } = await connect();
    const pcm = new Uint8Array(Int16Array.of(1, -2, 3).buffer);
    server.send({ type: 'speech.started', atMs: 0 });
    server.send({ type: 'speech.stopped', atMs: 900 });
    server.send({ type: 'response.started', response: 'r1' });
    server.send({ type: 'response.text', response: 'r1', delta: 'Yes.' });
    server.send(pcm.subarray(0, 3));
    server.send(pcm.subarray(3));
    server.send({ type: 'transcript', text: 'Hello?' });
    server.send({ type: 'news', of: 'another kind' });
    server.send({ type: 'response.done', response: 'r1', status: 'completed' });
    await heard('answer-ended');
    expect(events).toEqual([
      { kind: 'speech-started' },
      { kind: 'speech-stopped' },
      { kind: 'committed' },
      { kind: 'answer-started', answer: 'r1' },
      { kind: 'words', answer: 'r1', text: 'Yes.' },
      { kind: 'audio', answer: 'r1', samples: Int16Array.of(1) },
      { kind: 'audio', answer: 'r1', samples: Int16Array.of(-2, 3) },
      { kind: 'understood', text: 'Hello?' },
      { kind: 'answer-ended', answer: 'r1', status: 'completed' },
    ]);
  });

  it('sends its sound as binary and its key as a bearer', async () => {
    const { server, client } = await connect({ apiKey: 'sk-secret' });
    client.send(Int16Array.of(1, 2));
    await expect.poll(() => server.received).toEqual([Buffer.from([1, 0, 2, 0])]);
    expect(server.headers[0]?.authorization).toBe('Bearer sk-secret');
    expect(server.paths[0]).not.toContain('secret');
  });

  it('asks for a telephone’s sound', async () => {
    const { server, client } = await connect({ line: 'telephone' });
    for (let i = 0; i < 5; i++) client.send(new Int16Array(480));
    await expect.poll(() => server.received.length).toBe(5);
    expect(server.paths[0]).toContain('format=pcmu');
    expect((server.received.at(-1) as Buffer).length).toBe(160);
  });

  it('tells what was heard of the latest answer, and of no other', async () => {
    const { server, client, events, heard } = await connect();
    server.send({ type: 'response.started', response: 'r1' });
    server.send({ type: 'interrupted', response: 'r1', heardMs: 0 });
    await heard('interrupted');
    client.tellHeard('r0', 10);
    client.tellHeard('r1', 20.9);
    await expect.poll(() => server.received).toEqual([{ type: 'interrupt', heardMs: 20 }]);
    server.send({ type: 'error', code: 'buffer-full', detail: 'x', retry: 'later' });
    await heard('problem');
    expect(events.at(-1)).toEqual({ kind: 'problem', code: 'buffer-full' });
  });
});
