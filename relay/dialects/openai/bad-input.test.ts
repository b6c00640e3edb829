import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRelay, type TestRelay } from '../earshot/testing/relay.ts';
import { append, BAD_MESSAGES, create, MESSAGE, session } from './testing/bad-message.ts';
import { OpenAiCaller } from './testing/caller.ts';
import type { Json } from './testing/rehearsal.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await startRelay();
});
afterAll(() => relay.stop());

/** 201 000 characters, a third in each. */
const PARTS = Array.from({ length: 3 }, () => ({ type: 'input_text', text: 'a'.repeat(67_000) }));
const ITEMS = PARTS.map((part) => ({ ...MESSAGE, content: [part] }));

/** The conversation goes on as if nothing had been. */
async function expectAlive(caller: OpenAiCaller): Promise<void> {
  const seen = caller.all('session.updated').length;
  caller.say(session({}));
  await caller.next('session.updated', seen + 1);
}

describe('a client is told what is wrong, where, and with what, and its connection lives', () => {
  it.each(BAD_MESSAGES)('%s', async (_name, said, code, param = null) => {
    const caller = await OpenAiCaller.connect(relay.url);
    caller.say(typeof said === 'string' ? said : { ...said, event_id: 'client_1' });
    const event_id = typeof said === 'string' ? null : 'client_1';
    expect(await caller.error()).toEqual({
      ...{ type: 'invalid_request_error', code, param, event_id },
      message: expect.stringMatching(/.{10}/),
    });
    await expectAlive(caller);
    expect(caller.all('error')).toHaveLength(1);
    caller.cut();
  });

  it('a binary message', async () => {
    const caller = await OpenAiCaller.connect(relay.url);
    caller.socket.send(Buffer.alloc(640));
    expect(await caller.error()).toMatchObject({ code: 'invalid_json' });
    await expectAlive(caller);
    caller.cut();
  });

  it('tools so deep that writing them out again would overrun the stack', async () => {
    const caller = await OpenAiCaller.connect(relay.url);
    const depth = 20_000;
    const deep = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    caller.say(
      `{"type":"session.update","session":{"tools":[{"type":"function","name":"deep","parameters":${deep}}]}}`,
    );
    expect(await caller.error()).toMatchObject({ code: 'invalid_value', param: 'session.tools' });
    await expectAlive(caller);
    caller.cut();
  });

  it('an id that is taken', async () => {
    const caller = await OpenAiCaller.connect(relay.url);
    for (let n = 0; n < 2; n++) caller.say(create({ ...MESSAGE, id: 'item_mine' }));
    expect(await caller.error()).toMatchObject({ code: 'item_create_duplicate_item_id', param: 'item.id' });
    expect(caller.all('conversation.item.added')).toHaveLength(1);
    caller.cut();
  });

  it('a second response while one is given, and what is not spoken or not so long', async () => {
    relay.upstream.onRequest = (answer) => answer.text('Noon').audio(200);
    const caller = await OpenAiCaller.connect(relay.url);
    caller.say(create({ ...MESSAGE, id: 'item_mine' }));
    caller.say({ type: 'response.create' });
    caller.say({ type: 'response.create', event_id: 'second' });
    expect(await caller.error()).toMatchObject({
      code: 'conversation_already_has_active_response',
      event_id: 'second',
    });
    const { item_id } = await caller.next('response.output_audio.delta');
    caller.say({ type: 'conversation.item.truncate', item_id: 'item_mine', content_index: 0, audio_end_ms: 0 });
    expect(await caller.error(2)).toMatchObject({ code: 'unsupported_content_type' });
    relay.upstream.last.end();
    await caller.next('response.done');
    caller.say({ type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms: 202 });
    expect(await caller.error(3)).toMatchObject({ code: 'invalid_value', param: 'audio_end_ms' });
    caller.say({ type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms: 200 });
    expect(await caller.next('conversation.item.truncated')).toMatchObject({ item_id, audio_end_ms: 200 });
    caller.cut();
  });

  it('another voice once the first was heard', async () => {
    relay.upstream.onRequest = (answer) => answer.text('Noon').audio(20).end();
    const caller = await OpenAiCaller.connect(relay.url);
    caller.say(session({ audio: { output: { voice: 'bob' } } }));
    caller.say(create(MESSAGE));
    caller.say({ type: 'response.create' });
    await caller.next('response.done');
    expect(relay.upstream.last.turn.settings.voice).toBe('Bob');
    caller.say(session({ instructions: 'Be brief.', audio: { output: { voice: 'Ada' } } }));
    expect(await caller.error()).toMatchObject({ code: 'cannot_update_voice' });
    caller.say(session({ audio: { output: { voice: 'bob' } } }));
    const updated = (await caller.next('session.updated', 2))['session'] as Json;
    expect(updated['instructions']).not.toBe('Be brief.');
    caller.cut();
  });
});

describe('too much of it', { timeout: 30_000 }, () => {
  it('one append of 12 MiB is taken, of more than 15 refused, of more than 16 ends the connection', async () => {
    const caller = await OpenAiCaller.connect(relay.url);
    const audio = (mib: number) => append('A'.repeat(mib * 1024 * 1024));
    caller.say(session({ audio: { input: { turn_detection: null } } }));
    caller.say(audio(12));
    await expectAlive(caller);
    expect(caller.all('error')).toEqual([]);
    caller.say(audio(15.5));
    expect(await caller.error()).toMatchObject({ code: 'string_above_max_length', param: 'audio' });
    await expectAlive(caller);
    caller.say(audio(16.5));
    await caller.until(() => caller.closed !== undefined);
    expect(caller.closed).toMatchObject({ code: 1009 });
  });

  it('twenty faulty messages in a row end the connection; good ones in between save it', async () => {
    const caller = await OpenAiCaller.connect(relay.url);
    const slip = (times: number) => {
      for (let n = 0; n < times; n++) caller.say('hello?');
    };
    slip(19);
    await expectAlive(caller);
    slip(19);
    await expectAlive(caller);
    slip(20);
    await caller.until(() => caller.closed !== undefined);
    expect(caller.closed).toEqual({ code: 1008, reason: 'too many faulty messages' });
  });

  it('twenty binary messages in a row end the connection too', async () => {
    const caller = await OpenAiCaller.connect(relay.url);
    for (let n = 0; n < 20; n++) caller.socket.send(Buffer.alloc(640));
    await caller.until(() => caller.closed !== undefined);
    expect([caller.closed?.code, caller.all('error').length]).toEqual([1008, 20]);
  });

  it.each<[string, Json, string]>([
    ['in the parts of one item', create({ ...MESSAGE, content: PARTS }), 'item.content'],
    ['in the items of one response', { type: 'response.create', response: { input: ITEMS } }, 'response.input'],
  ])('words %s', async (_where, said, param) => {
    const caller = await OpenAiCaller.connect(relay.url);
    caller.say(said);
    expect(await caller.error()).toMatchObject({ code: 'invalid_value', param });
    await expectAlive(caller);
    caller.cut();
  });

  it('what is wrong with a conversation, not with a message, never ends it', async () => {
    const caller = await OpenAiCaller.connect(relay.url);
    for (let n = 0; n < 50; n++) caller.say({ type: 'response.cancel' });
    await caller.error(50);
    await expectAlive(caller);
    caller.cut();
  });
});
