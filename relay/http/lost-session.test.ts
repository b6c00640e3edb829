import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startRelay, type TestRelay } from '../dialects/earshot/testing/relay.ts';
import { OpenAiCaller } from '../dialects/openai/testing/caller.ts';

let relay: TestRelay;
const callers: OpenAiCaller[] = [];

beforeEach(async () => {
  relay = await startRelay();
});
afterEach(async () => {
  for (const caller of callers.splice(0)) caller.cut();
  await relay.stop();
});

function call(options?: ConstructorParameters<typeof OpenAiCaller>[1]): OpenAiCaller {
  const caller = new OpenAiCaller(relay.url, options);
  callers.push(caller);
  return caller;
}

describe('a session whose connection was lost', () => {
  const message = (id: string) => ({
    type: 'conversation.item.create',
    item: { type: 'message', id, role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] },
  });

  it('goes on as it was, its items shown once more', async () => {
    const first = call();
    await first.next('conversation.created');
    const input = { format: { type: 'audio/pcmu' }, turn_detection: null };
    first.say({ type: 'session.update', session: { type: 'realtime', instructions: 'Be brief.', audio: { input } } });
    for (const id of ['item_a', 'item_b']) first.say(message(id));
    await first.next('conversation.item.done', 2);
    first.cut();
    const id = String(first.session['id']);
    const second = call({ query: `?session=${id}` });
    await second.next('conversation.item.done', 2);
    expect(second.session).toMatchObject({ id, model: 'gpt-realtime', instructions: 'Be brief.', audio: { input } });
    expect(second.events.map(({ type, previous_item_id: after }) => [type, after])).toEqual([
      ['session.created', undefined],
      ['conversation.created', undefined],
      ['conversation.item.added', null],
      ['conversation.item.done', null],
      ['conversation.item.added', 'item_a'],
      ['conversation.item.done', 'item_a'],
    ]);
    second.say({ type: 'response.create' });
    await second.next('response.done');
    expect(relay.upstream.last.turn.items).toHaveLength(2);
  });

  it('is taken over from a connection whose loss nobody has noticed, and stays with the new one', async () => {
    relay.upstream.onRequest = (answer) => answer.text('Once').audio(200);
    const first = call();
    await first.next('conversation.created');
    first.say(message('item_a'));
    first.say({ type: 'response.create' });
    await first.next('response.output_audio.delta');
    const second = call({ query: `?session=${String(first.session['id'])}` });
    await first.until(() => first.closed !== undefined);
    expect(first.closed).toMatchObject({ code: 1001 });
    await second.next('conversation.item.done', 2);
    expect(second.all('conversation.item.done')[1]).toMatchObject({
      item: { role: 'assistant', status: 'incomplete' },
    });
    second.say(message('item_c'));
    await second.next('conversation.item.done', 3);
  });

  it('is only there for whoever knows it', async () => {
    const caller = call({ query: '?session=sess_of_somebody_else' });
    expect(await caller.error()).toMatchObject({ code: 'session_not_found' });
    await caller.until(() => caller.closed !== undefined);
    expect(caller.closed?.code).toBe(1008);
  });

  it('is found by its id in a header or a subprotocol too, which no proxy logs', async () => {
    const first = call();
    await first.next('conversation.created');
    const id = String(first.session['id']);
    const inHeader = call({ query: '', headers: { 'x-earshot-session': id } });
    await inHeader.next('conversation.created');
    const inProtocol = call({ query: '', protocols: ['realtime', `earshot-session.${id}`] });
    await inProtocol.next('conversation.created');
    expect([inHeader.session['id'], inProtocol.session['id']]).toEqual([id, id]);
    expect(inProtocol.socket.protocol).toBe('realtime');
  });

  it('is told by no other id, and is not gone on with in another dialect', async () => {
    const caller = call();
    const created = (await caller.next('conversation.created'))['conversation'] as { id: string };
    const id = String(caller.session['id']);
    expect(created.id).not.toContain(id.slice('sess_'.length));
    const other = new WebSocket(`${relay.url.replace('http', 'ws')}/voice?session=${id}`);
    const ready = await new Promise<string>((resolve) =>
      other.once('message', (data: Buffer) => resolve(String(data))),
    );
    other.terminate();
    expect(JSON.parse(ready)).toMatchObject({ type: 'ready', isResumed: false });
    caller.say(message('item_a'));
    await caller.next('conversation.item.done');
  });
});

describe('a relay that is stopped', () => {
  it('lets the answers finish that are being given, and keeps nothing', async () => {
    relay.upstream.onRequest = (answer) => answer.text('Once').audio(200);
    const caller = call();
    await caller.next('conversation.created');
    const content = [{ type: 'input_text', text: 'Hello.' }];
    caller.say({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    caller.say({ type: 'response.create' });
    await caller.next('response.output_audio.delta');
    let isDrained = false;
    const drained = relay.app.drainLive(10_000).then(() => (isDrained = true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isDrained).toBe(false);
    relay.upstream.last.end();
    await drained;
    await relay.app.closeLive();
    await caller.until(() => caller.closed !== undefined);
    expect(caller.all('response.done')).toMatchObject([{ response: { status: 'completed' } }]);
    expect(caller.closed?.code).toBe(1001);
    const late = call({ query: `?session=${String(caller.session['id'])}` });
    expect(await late.error()).toMatchObject({ code: 'session_not_found' });
  });
});
