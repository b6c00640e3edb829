import { describe, expect, it } from 'vitest';
import type { ResponseRequest } from './live-settings.ts';
import { LiveStage, settled } from './testing/live-stage.ts';

const call = { kind: 'tool-call', callId: 'call_1', name: 'get_time', arguments: '{"zone":"UTC"}' } as const;
const text = (words: string) => ({ kind: 'message', role: 'user', content: [{ kind: 'text', text: words }] }) as const;

describe('a tool', () => {
  it('is called, and its word is waited for until the response is done', async () => {
    const stage = new LiveStage({ tools: [{ name: 'get_time' }] });
    stage.session.addItem(text('What time is it?'));
    stage.session.respond();
    await settled();
    expect(stage.upstream.last.turn.tools).toEqual([{ name: 'get_time' }]);
    stage.upstream.last.push(call);
    await settled();
    expect(stage.told().slice(3)).toEqual([
      ...['output-item-added', 'item-added', 'arguments', 'arguments-done', 'item-done', 'output-item-done'],
    ]);
    // Some clients answer before the response is done.
    expect(stage.session.addItem({ kind: 'tool-result', callId: 'call_1', output: 'noon' }).ok).toBe(true);
    expect(stage.session.respond()).toBeUndefined();
    expect(stage.upstream.answers).toHaveLength(1);
    stage.upstream.last.end();
    await settled();
    expect(stage.upstream.last.turn.items).toEqual([
      { kind: 'user', text: 'What time is it?' },
      call,
      { kind: 'tool-result', callId: 'call_1', output: 'noon' },
    ]);
  });

  it('that was never called cannot answer', () => {
    const stage = new LiveStage();
    const early = stage.session.addItem({ kind: 'tool-result', callId: 'call_9', output: '' });
    expect(early.ok ? '' : early.problem.kind).toBe('call-unknown');
  });
});

describe('items', () => {
  it('are put where the client wants them, and told so', () => {
    const { session, ...stage } = new LiveStage();
    expect(session.addItem({ id: 'b', ...text('B') }).ok).toBe(true);
    session.addItem({ id: 'a', ...text('A') }, 'root');
    session.addItem({ id: 'ab', ...text('AB') }, 'a');
    expect(session.items.map(({ id }) => id)).toEqual(['a', 'ab', 'b']);
    expect(stage.events.map((event) => 'previousItemId' in event && event.previousItemId)).toEqual([
      ...[null, null, null, null, 'a', 'a'],
    ]);
    for (const [made, after] of [[{ id: 'a', ...text('') }], [text(''), 'nowhere']] as const) {
      expect(session.addItem(made, after).ok).toBe(false);
    }
    expect(session.deleteItem('ab')).toBeUndefined();
    expect(session.deleteItem('ab')?.kind).toBe('item-unknown');
  });

  it('of a client can be spoken too', async () => {
    const stage = new LiveStage();
    const pcm = new Uint8Array(3_200);
    stage.session.addItem({ kind: 'message', role: 'user', content: [{ kind: 'audio', pcm, transcript: 'Hi.' }] });
    stage.session.respond();
    await settled();
    expect(stage.upstream.last.turn.items).toEqual([{ kind: 'user', audio: pcm, text: 'Hi.' }]);
  });
});

describe('a response', () => {
  it('is done once when the upstream fails, and the next one works', async () => {
    const stage = new LiveStage();
    stage.session.addItem(text('Hello?'));
    stage.session.respond();
    await settled();
    stage.upstream.last.text('Well').fail('upstream-died');
    await settled();
    const done = stage.find('response-done').response;
    expect(done).toMatchObject({ status: 'failed', problem: { kind: 'upstream-died' } });
    expect(done.output[0]).toMatchObject({ status: 'incomplete', content: [{ transcript: 'Well' }] });
    expect(stage.session.respond()).toBeUndefined();
  });

  it('is done when the upstream throws', async () => {
    const stage = new LiveStage();
    stage.upstream.onRequest = () => {
      throw new Error('a bug');
    };
    stage.session.respond();
    await settled();
    expect(stage.find('response-done').response).toMatchObject({ status: 'failed' });
  });

  it('out of band runs beside the conversation and leaves nothing in it', async () => {
    const stage = new LiveStage();
    stage.session.addItem({ id: 'a', ...text('A') });
    stage.session.respond();
    stage.told();
    const request: ResponseRequest = {
      ...{ isOutOfBand: true, instructions: 'Sum up.', metadata: { topic: 'sum' } },
      output: 'text',
      input: [{ reference: 'a' }, { item: text('B') }],
    };
    expect(stage.session.respond(request)).toBeUndefined();
    await settled();
    const { turn } = stage.upstream.last;
    expect(turn).toMatchObject({ isSilent: true, items: [{ text: 'A' }, { text: 'B' }] });
    expect(turn.settings.systemPrompt).toBe('Sum up.');
    stage.upstream.last.text('A and B').end();
    await settled();
    expect(stage.told()).toEqual([
      ...['response-created', 'output-item-added', 'part-added', 'words', 'words-done', 'part-done'],
      ...['output-item-done', 'response-done'],
    ]);
    expect(stage.session.items).toHaveLength(1);
    const wrong = { isOutOfBand: true, input: [{ reference: 'x' }] };
    expect(stage.session.respond(wrong)?.kind).toBe('item-unknown');
    for (let i = 0; i < 4; i++) stage.session.respond({ isOutOfBand: true });
    expect(stage.session.respond({ isOutOfBand: true })?.kind).toBe('too-many-responses');
  });

  it('is cancelled by its id or without, and not when there is none', async () => {
    const stage = new LiveStage();
    expect(stage.session.cancel()?.kind).toBe('no-response');
    stage.session.respond();
    expect(stage.session.cancel('resp_x')?.kind).toBe('no-response');
    expect(stage.session.cancel(stage.find('response-created').response.id)).toBeUndefined();
    expect(stage.find('response-done').response).toMatchObject({ status: 'cancelled', reason: 'client-cancelled' });
  });

  it('begins the conversation when nobody has said anything', async () => {
    const stage = new LiveStage();
    stage.session.respond({ instructions: 'Greet.' });
    await settled();
    expect(stage.upstream.last.turn.items).toHaveLength(1);
    expect(stage.upstream.last.turn.items[0]).toMatchObject({ kind: 'user' });
  });

  it('is not read ahead of a client that does not keep up', async () => {
    const stage = new LiveStage();
    let goOn = () => {};
    stage.full = new Promise((resolve) => (goOn = resolve));
    stage.session.respond();
    await settled();
    stage.upstream.last.audio(100).audio(100);
    await settled();
    expect(stage.told().filter((kind) => kind === 'audio')).toHaveLength(1);
    goOn();
    await settled();
    expect(stage.told()).toEqual(['audio']);
  });
});

describe('what is said while an answer is being given', () => {
  it('is answered next: the answer stands behind what it answers', async () => {
    const stage = new LiveStage();
    stage.session.addItem({ id: 'one', ...text('One?') });
    stage.session.respond();
    await settled();
    stage.session.addItem({ id: 'two', ...text('Two?') });
    stage.upstream.last.text('First.').audio(100).end();
    await settled();
    expect(stage.find('item-done').previousItemId).toBe('one');
    stage.session.respond();
    await settled();
    expect(stage.upstream.last.turn.items).toEqual([
      { kind: 'user', text: 'One?' },
      { kind: 'assistant', text: 'First.' },
      { kind: 'user', text: 'Two?' },
    ]);
  });

  it('keeps its place at the end when what was answered is deleted', async () => {
    const stage = new LiveStage();
    stage.session.addItem({ id: 'one', ...text('One?') });
    stage.session.respond();
    await settled();
    stage.session.deleteItem('one');
    stage.upstream.last.text('First.').end();
    await settled();
    expect(stage.session.items).toHaveLength(1);
  });

  it('is refused at once when it refers to nothing', async () => {
    const stage = new LiveStage({ tools: [{ name: 'get_time' }] });
    stage.session.respond();
    await settled();
    stage.upstream.last.push(call);
    await settled();
    expect(stage.session.respond({ input: [{ reference: 'item_x' }] })?.kind).toBe('item-unknown');
  });
});

describe('a listener that throws', () => {
  it('loses its connection, and nothing else happens', async () => {
    const stage = new LiveStage();
    let ended = 0;
    stage.session.attach({
      tell: (event) => {
        if (event.kind === 'words') throw new Error('a bug');
      },
      drained: () => undefined,
      ended: () => ended++,
    });
    stage.session.respond();
    await settled();
    stage.upstream.last.text('Hello');
    await settled();
    expect(ended).toBe(1);
    expect(stage.upstream.last.signal.aborted).toBe(true);
  });
});
