import { describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import { DialectStage, settled, type StageClient } from '../testing/dialect-stage.ts';
import { openConversation, type OpenAiParts, type Wishes } from './open-conversation.ts';

function stageOf(maxSessions: number) {
  const stage = new DialectStage({ maxSessions });
  const { model, voices } = stage.upstream;
  const relay = { model, voices, recogniserModel: undefined };
  const parts: OpenAiParts = { ...stage.parts, relay, owners: new WeakMap() };
  const open = (wishes: Partial<Wishes> = {}, client = stage.client()): StageClient => {
    const plain = {
      model: undefined,
      resumed: undefined,
      isTranscription: false,
      flavour: undefined,
      key: undefined,
      update: undefined,
    };
    openConversation(client.socket, { ...plain, ...wishes }, parts);
    return client;
  };
  return { stage, open };
}

const idOf = (client: StageClient): string => (client.last('session.created')['session'] as { id: string }).id;

describe('opening a conversation', () => {
  it('is put off while the relay holds as many as it can, with a word', () => {
    const { open } = stageOf(1);
    const first = open();
    const second = open();
    expect(second.messages).toMatchObject([
      { type: 'error', event_id: expect.any(String), error: { type: 'server_error', code: 'session_limit_reached' } },
    ]);
    expect([second.closed?.code, first.closed]).toEqual([1013, undefined]);
  });

  it('takes the place of one whose client has gone', () => {
    const { open } = stageOf(1);
    const first = open();
    first.terminate();
    expect(open().closed).toBeUndefined();
    expect(open({ resumed: idOf(first) }).closed?.code).toBe(1008);
  });

  it('finds a lost one until the resume window is over', () => {
    const { stage, open } = stageOf(2);
    const first = open();
    first.terminate();
    stage.pass(LIMITS.resumeWindowMs - 1);
    const second = open({ resumed: idOf(first) });
    expect(idOf(second)).toBe(idOf(first));
    second.terminate();
    stage.pass(LIMITS.resumeWindowMs);
    expect(open({ resumed: idOf(first) }).closed?.code).toBe(1008);
  });

  it('goes on in the names that were agreed on before', () => {
    const { open } = stageOf(1);
    const first = open();
    first.say({ type: 'session.update', session: { modalities: ['text'] } });
    first.terminate();
    const second = open({ resumed: idOf(first) });
    expect(second.last('session.created')).toMatchObject({ session: { modalities: ['text'] } });
  });

  it('does not begin with a session that its secret may no longer have', () => {
    const { open } = stageOf(1);
    const client = open({ update: { audio: { output: { voice: 'Cleo' } } } });
    expect(client.last('error')).toMatchObject({ error: { code: 'invalid_value' } });
    expect(client.closed?.code).toBe(1008);
    expect(open().closed).toBeUndefined();
  });
});

describe('a client that does not read', () => {
  it('is shown a long conversation it comes back to, however slowly it takes that', () => {
    const { stage, open } = stageOf(1);
    const first = open();
    // Twice as long in JSON.
    const content = [{ type: 'input_text', text: '"'.repeat(200_000) }];
    for (let n = 0; n < 15; n++) {
      first.say({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    }
    first.terminate();
    const slow = stage.client();
    slow.isStalled = true;
    const second = open({ resumed: idOf(first) }, slow);
    expect(second.all('conversation.item.done')).toHaveLength(15);
    expect(slow.bufferedAmount).toBeGreaterThan(LIMITS.maxReplyBufferBytes);
    second.say({ type: 'session.update', session: {} });
    expect([second.closed, second.all('session.updated').length]).toEqual([undefined, 1]);
  });

  it('is told no more than it takes, and the rest when it does', async () => {
    const { stage, open } = stageOf(1);
    const client = open();
    const content = [{ type: 'input_text', text: 'Hello.' }];
    client.say({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    client.say({ type: 'response.create' });
    await settled();
    client.bufferedAmount = 300_000;
    const answer = stage.upstream.last;
    for (let n = 0; n < 50; n++) answer.audio(100);
    answer.end();
    await settled();
    expect(client.all('response.output_audio.delta')).toHaveLength(1);
    client.drain();
    for (let n = 0; n < 20; n++) await settled();
    expect(client.all('response.output_audio.delta')).toHaveLength(50);
    expect(client.last('response.done')).toMatchObject({ response: { status: 'completed' } });
  });
});
