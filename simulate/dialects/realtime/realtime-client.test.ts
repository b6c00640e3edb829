import { afterEach, describe, expect, it } from 'vitest';
import { MU_LAW } from '#dsp/g711';
import { startSocketServer, type SocketServer } from '../../testing/socket-server.ts';
import type { ConnectOptions } from '../agent-client.ts';
import type { AgentEvent } from '../agent-event.ts';
import { RealtimeClient } from './realtime-client.ts';
import { DASHSCOPE, OPENAI, OPENAI_BETA, type RealtimeWire } from './realtime-wire.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const isUpdate = (message: unknown): boolean => (message as { type?: string } | undefined)?.type === 'session.update';

async function connect(wire: RealtimeWire, options: Partial<ConnectOptions> = {}) {
  const server = await startSocketServer((message) =>
    isUpdate(message) ? { type: 'session.updated', session: {} } : undefined,
  );
  const events: AgentEvent[] = [];
  open.push(server.close);
  const listener = (event: AgentEvent): void => void events.push(event);
  const client = await RealtimeClient.connect(wire, { url: server.url, line: 'wideband', listener, ...options });
  open.push(() => client.close());
  const heard = (kind: AgentEvent['kind']) => expect.poll(() => events.map((event) => event.kind)).toContain(kind);
  return { server, client, events, heard };
}

/** One spoken answer, in the words of the dialect. */
function answer(server: SocketServer, wire: RealtimeWire, pcm: Uint8Array): void {
  const place = { response_id: 'r1', item_id: 'i1', output_index: 0, content_index: 0 };
  const sound = Buffer.from(pcm);
  server.send({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: 'u1' });
  server.send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 9, item_id: 'u1' });
  server.send({ type: 'input_audio_buffer.committed', item_id: 'u1', previous_item_id: null });
  server.send({ type: 'response.created', response: { id: 'r1', status: 'in_progress', output: [] } });
  server.send({ type: `${wire.words}.delta`, ...place, delta: 'Yes.' });
  // A delta may end inside of a sample.
  server.send({ type: `${wire.audio}.delta`, ...place, delta: sound.subarray(0, 961).toString('base64') });
  server.send({ type: `${wire.audio}.delta`, ...place, delta: sound.subarray(961).toString('base64') });
  server.send({ type: `${wire.audio}.done`, ...place });
  server.send({ type: 'response.done', response: { id: 'r1', status: 'completed', output: [], usage: null } });
}

const pcm = new Uint8Array(Int16Array.from({ length: 960 }, (_, i) => i * 20).buffer);

describe.each([OPENAI, OPENAI_BETA, DASHSCOPE])('a caller that speaks $name', (wire) => {
  it('hears a turn and its answer in the order they came', async () => {
    const { server, events, heard } = await connect(wire);
    answer(server, wire, pcm);
    await heard('answer-ended');
    const sound = events.flatMap((event) => (event.kind === 'audio' ? [...event.samples] : []));
    expect(sound).toEqual([...new Int16Array(pcm.buffer)]);
    expect(events.map(({ kind }) => kind).filter((kind, i, all) => kind !== all[i - 1])).toEqual([
      ...['speech-started', 'speech-stopped', 'committed', 'answer-started', 'words', 'audio'],
      ...['audio-done', 'answer-ended'],
    ]);
  });

  it('sends every sample at the rate of the wire', async () => {
    const { server, client } = await connect(wire);
    for (let i = 0; i < 50; i++) client.send(new Int16Array(480).fill(100));
    const bytes = () =>
      server.received.reduce<number>((sum, message) => {
        const { audio } = message as { audio?: string };
        return sum + (audio === undefined ? 0 : Buffer.from(audio, 'base64').length);
      }, 0);
    const wanted = wire === DASHSCOPE ? 32_000 : 48_000;
    // Less what a filter still holds back.
    await expect.poll(bytes).toBeGreaterThan(wanted - 200);
    expect(bytes()).toBeLessThanOrEqual(wanted);
  });

  it('shows its key where the dialect wants it, and tells nobody else', async () => {
    const { server } = await connect(wire, { apiKey: 'sk-secret' });
    expect(server.headers[0]?.authorization).toBe('Bearer sk-secret');
    expect(server.headers[0]?.['openai-beta']).toBe(wire === OPENAI_BETA ? 'realtime=v1' : undefined);
    expect(JSON.stringify([server.received, server.paths])).not.toContain('sk-secret');
  });

  it('tells what was heard of an answer if the dialect has a word for it', async () => {
    const { server, client, heard } = await connect(wire);
    answer(server, wire, pcm);
    await heard('answer-ended');
    client.tellHeard?.('r1', 33.7);
    client.tellHeard?.('never-heard-of', 10);
    const told = { type: 'conversation.item.truncate', item_id: 'i1', content_index: 0, audio_end_ms: 33 };
    if (wire === DASHSCOPE) expect(client.tellHeard).toBeUndefined();
    else await expect.poll(() => server.received.slice(1)).toEqual([told]);
  });

  it('takes errors and nonsense for what they are, and goes on', async () => {
    const { server, events, heard } = await connect(wire);
    server.send({ type: 'error', error: { type: 'invalid_request_error', code: null, message: 'no', param: null } });
    server.send('{"type":');
    server.send({ no: 'type' });
    server.send({ type: 'something.new', delta: 'x' });
    server.send({ type: 'response.done', response: { id: 'r9', status: 'failed' } });
    await heard('answer-ended');
    expect(events).toEqual([
      { kind: 'problem', code: 'invalid_request_error' },
      { kind: 'problem', code: 'not-an-event' },
      { kind: 'problem', code: 'not-an-event' },
      { kind: 'answer-ended', answer: 'r9', status: 'failed' },
    ]);
    server.hangUp(1011);
    await heard('closed');
  });
});

describe('a telephone', () => {
  it.each([OPENAI, OPENAI_BETA])('speaks mu-law to $name both ways', async (wire) => {
    const { server, client, events, heard } = await connect(wire, { line: 'telephone' });
    expect(JSON.stringify(server.received[0])).toContain(wire === OPENAI ? 'audio/pcmu' : 'g711_ulaw');
    for (let i = 0; i < 50; i++) client.send(new Int16Array(480).fill(1_000));
    await expect.poll(() => server.received.length).toBe(51);
    const codes = Buffer.from((server.received.at(-1) as { audio: string }).audio, 'base64');
    expect(codes.length).toBe(160);
    expect(Math.abs((MU_LAW.decode(codes)[80] ?? 0) - 1_000)).toBeLessThan(40);
    answer(server, wire, MU_LAW.encode(new Int16Array(1_600).fill(1_000)));
    await heard('answer-ended');
    const samples = events.reduce((sum, event) => sum + (event.kind === 'audio' ? event.samples.length : 0), 0);
    expect(samples).toBe(4_800);
  });
});

it('says why when the server refuses the session', async () => {
  const refusal = { type: 'error', error: { type: 'invalid_request_error', code: 'x', message: 'no such voice' } };
  const server = await startSocketServer((message) => (isUpdate(message) ? refusal : undefined));
  open.push(server.close);
  const connecting = RealtimeClient.connect(OPENAI, { url: server.url, line: 'wideband', listener: () => undefined });
  await expect(connecting).rejects.toThrow('no such voice');
});
