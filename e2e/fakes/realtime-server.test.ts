import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createFakeRealtime, type FakeRealtime, type FakeRealtimeOptions } from './realtime-server.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

type Frame = { type: string; [field: string]: unknown };

async function connect(options: FakeRealtimeOptions = {}) {
  const fake: FakeRealtime = await createFakeRealtime({ ...options, script: { pace: 0, ...options.script } });
  const socket = new WebSocket(`${fake.url}?model=${fake.model}`);
  open.push(fake, socket);
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
  await once(socket, 'open');
  const send = (event: object) => socket.send(JSON.stringify(event));
  const types = () => frames.map(({ type }) => type);
  const has = (type: string) => expect.poll(types).toContain(type);
  const ask = () => {
    send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(6_400, 1).toString('base64') });
    send({ type: 'input_audio_buffer.commit' });
    send({ type: 'response.create' });
  };
  return { fake, socket, frames, send, types, has, ask };
}

describe('the fake realtime server', () => {
  it("speaks DashScope's events in their order", async () => {
    const { frames, send, types, has, ask } = await connect({ script: { reply: 'Yes.', transcriptMs: 0 } });
    await has('session.created');
    send({ type: 'session.update', session: { turn_detection: null, input_audio_transcription: { model: 'x' } } });
    ask();
    await has('response.done');
    expect([...new Set(types().filter((type) => !type.includes('transcription')))]).toEqual([
      'session.created',
      'session.updated',
      'input_audio_buffer.committed',
      'conversation.item.created',
      'response.created',
      'response.output_item.added',
      'response.content_part.added',
      'response.audio_transcript.delta',
      'response.audio.delta',
      'response.audio_transcript.done',
      'response.audio.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(types()).toContain('conversation.item.input_audio_transcription.completed');
    expect(new Set(frames.map(({ event_id }) => event_id)).size).toBe(frames.length);
    expect(frames.at(-1)).toMatchObject({ response: { status: 'completed', usage: { input_tokens_details: {} } } });
  });

  it('renames them for OpenAI since general availability', async () => {
    const { frames, types, has, ask } = await connect({ dialect: 'openai', script: { reply: 'Yes.' } });
    ask();
    await has('response.done');
    expect(types()).toEqual(expect.arrayContaining(['response.output_audio.delta', 'conversation.item.added']));
    expect(types().filter((type) => type.startsWith('response.audio'))).toEqual([]);
    expect(frames[0]).toMatchObject({ session: { type: 'realtime', object: 'realtime.session' } });
  });

  it('closes a cancelled answer, and does not mind a client that cancels none but to say so', async () => {
    const { fake, frames, send, has, ask } = await connect({ script: { pace: 5 } });
    send({ type: 'response.cancel' });
    await has('error');
    expect(fake.openSockets).toBe(1);
    ask();
    await has('response.audio.delta');
    send({ type: 'response.cancel' });
    await has('response.done');
    expect(frames.at(-1)).toMatchObject({ response: { status: 'cancelled' } });
    expect(fake.turns[0]?.outcome).toBe('aborted');
  });

  it.each([
    ['openai', { type: 'function', name: 'look' }],
    ['openai-beta', { type: 'function', name: 'look' }],
    ['dashscope', { type: 'function', function: { name: 'look' } }],
  ] as const)('calls a tool of %s, and answers what it has told', async (dialect, tool) => {
    const calls = [{ name: 'look', arguments: '{"at":"sea"}' }];
    const { fake, frames, send, types, has, ask } = await connect({ dialect, script: { reply: 'A ship.', calls } });
    send({ type: 'session.update', session: { tools: [tool], turn_detection: null } });
    ask();
    await has('response.done');
    const done = frames.find(({ type }) => type === 'response.function_call_arguments.done');
    expect(done).toMatchObject({ arguments: '{"at":"sea"}', ...(dialect === 'openai-beta' ? {} : { name: 'look' }) });
    expect(frames.find(({ type }) => type === 'response.output_item.done')).toMatchObject({
      item: { type: 'function_call', name: 'look', call_id: done?.['call_id'] },
    });
    expect(types().some((type) => /audio.*delta/.test(type))).toBe(false);
    const output = { type: 'function_call_output', call_id: done?.['call_id'], output: 'A ship.' };
    send({ type: 'conversation.item.create', item: { ...output, call_id: 'call_of_nobody' } });
    await has('error');
    send({ type: 'conversation.item.create', item: output });
    send({ type: 'response.create' });
    await expect.poll(() => types().filter((type) => type === 'response.done')).toHaveLength(2);
    expect(fake.turns[1]?.history.map(({ role }) => role)).toEqual(['user', 'call', 'tool']);
    expect(types().some((type) => /transcript.delta/.test(type))).toBe(true);
  });

  it('sees a client leave', async () => {
    const { fake, socket, has, ask } = await connect({ script: { pace: 5 } });
    ask();
    await has('response.audio.delta');
    socket.terminate();
    await expect.poll(() => fake.turns[0]?.outcome).toBe('aborted');
    await expect.poll(() => fake.openSockets).toBe(0);
  });

  it('turns down an empty commit, an unknown model and a voice it does not have', async () => {
    const { fake, send, frames, has, ask } = await connect();
    send({ type: 'input_audio_buffer.commit' });
    await has('error');
    send({ type: 'session.update', session: { voice: 'Nobody' } });
    ask();
    await expect.poll(() => JSON.stringify(frames.at(-1))).toContain("Voice 'Nobody' is not supported.");
    const stranger = new WebSocket(`${fake.url}?model=other`);
    const [error] = (await once(stranger, 'error')) as [Error];
    expect(error.message).toContain('404');
  });
});
