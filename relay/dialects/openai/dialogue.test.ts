import { describe, expect, it } from 'vitest';
import type { Flavour } from './names.ts';
import { Rehearsal, settled, type Json } from './testing/rehearsal.ts';

const MESSAGE: Json = {
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] },
};
const RESPOND: Json = { type: 'response.create' };
const FLAT: Json = { type: 'session.update', session: { modalities: ['text'] } };
const GA: Json = { type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } };

function flavourAfter(flavour: Flavour | undefined, ...events: (Json | string)[]): Flavour | undefined {
  const rehearsal = new Rehearsal(flavour && { flavour });
  for (const event of [...events, MESSAGE]) rehearsal.say(event);
  const types = rehearsal.types();
  const isGa = types.includes('conversation.item.added');
  const isBeta = types.includes('conversation.item.created');
  return isGa === isBeta ? undefined : isGa ? 'ga' : 'beta';
}

describe('the names a connection uses', () => {
  it.each<[string, Flavour, Flavour | undefined, (Json | string)[]]>([
    ['of GA where nothing was said about it', 'ga', undefined, []],
    ['of GA after an update of its shape', 'ga', undefined, [GA]],
    ['of beta after a first update of its shape', 'beta', undefined, [FLAT]],
    ['of GA after an update that could be either', 'ga', undefined, [{ type: 'session.update', session: {} }, FLAT]],
    ['of GA once anything else was told', 'ga', undefined, ['hello?', FLAT]],
    ['of beta where that was said when connecting, whatever comes', 'beta', 'beta', [GA]],
    ['of GA for good', 'ga', undefined, [GA, FLAT]],
    [
      'of beta for transcription sessions of its kind',
      'beta',
      undefined,
      [{ type: 'transcription_session.update', session: {} }],
    ],
  ])('are those %s', (_words, expected, flavour, events) => {
    expect(flavourAfter(flavour, ...events)).toBe(expected);
  });

  it('understand updates in either shape all the same', () => {
    const rehearsal = new Rehearsal({ flavour: 'beta' });
    rehearsal.say(GA);
    expect(rehearsal.last()).toMatchObject({ type: 'session.updated', session: { modalities: ['text'] } });
  });
});

describe('the length of a response', () => {
  it('is that of its session, its own, or none where it says so', async () => {
    const rehearsal = new Rehearsal();
    await rehearsal.sayAnd({ type: 'session.update', session: { max_output_tokens: 100 } }, MESSAGE);
    const wishes = [{}, { max_output_tokens: 50 }, { max_response_output_tokens: 'inf' }, { max_output_tokens: 'inf' }];
    const asked: unknown[] = [];
    for (const response of wishes) {
      await rehearsal.sayAnd({ type: 'response.create', response });
      asked.push(rehearsal.upstream.last.turn.settings.maxTokens);
      rehearsal.upstream.last.text('Noon.').end();
      await settled();
    }
    expect(asked).toEqual([100, 50, undefined, undefined]);
  });
});

describe('clearing what plays', () => {
  it('keeps in history what was heard, also of a response that is done', async () => {
    const rehearsal = new Rehearsal();
    await rehearsal.sayAnd(MESSAGE, RESPOND);
    rehearsal.upstream.last.text('one two three four').audio(1_000).end();
    await settled();
    rehearsal.clock.advance(500);
    rehearsal.say({ type: 'output_audio_buffer.clear' });
    const [done] = rehearsal.told('response.done');
    expect(rehearsal.last()).toMatchObject({
      ...{ type: 'output_audio_buffer.cleared', response_id: (done?.['response'] as Json)['id'] },
    });
    expect(rehearsal.live.items.at(-1)).toMatchObject({ content: [{ transcript: 'one two' }] });
  });

  it('cancels a response that is being given', async () => {
    const rehearsal = new Rehearsal();
    await rehearsal.sayAnd(MESSAGE, RESPOND);
    rehearsal.upstream.last.text('one').audio(100);
    await settled();
    rehearsal.say({ type: 'output_audio_buffer.clear' });
    expect(rehearsal.upstream.last.signal.aborted).toBe(true);
    expect(rehearsal.told('response.done')[0]).toMatchObject({ response: { status: 'cancelled' } });
  });

  it('is no mistake where nothing plays', () => {
    const rehearsal = new Rehearsal();
    expect(rehearsal.say({ type: 'output_audio_buffer.clear' })).toBe(true);
    expect(rehearsal.last()['type']).toBe('output_audio_buffer.cleared');
  });
});

describe('telephone sound', () => {
  it.each(['audio/pcmu', 'audio/pcma'])('goes out as %s, to the last sample', async (type) => {
    const rehearsal = new Rehearsal();
    rehearsal.say({ type: 'session.update', session: { type: 'realtime', audio: { output: { format: { type } } } } });
    await rehearsal.sayAnd(MESSAGE, RESPOND);
    const answer = rehearsal.upstream.last.text('Hello.');
    for (let n = 0; n < 7; n++) answer.audio(31, n);
    answer.end();
    await settled();
    const deltas = rehearsal
      .told('response.output_audio.delta')
      .map(({ delta }) => Buffer.from(String(delta), 'base64'));
    expect(Buffer.concat(deltas)).toHaveLength(8 * 7 * 31);
    expect(rehearsal.types().lastIndexOf('response.output_audio.delta')).toBeLessThan(
      rehearsal.types().indexOf('response.output_audio.done'),
    );
  });

  it('comes in as many milliseconds as it is', async () => {
    const rehearsal = new Rehearsal();
    const input = { format: { type: 'audio/pcmu' } };
    rehearsal.say({ type: 'session.update', session: { type: 'realtime', audio: { input } } });
    // One byte a sample, so half of them are no half sample.
    rehearsal.append(801);
    rehearsal.ears.detector.signal({ kind: 'started', startSample: 0 });
    rehearsal.ears.detector.signal({ kind: 'stopped', endSample: 800 });
    expect(rehearsal.told('input_audio_buffer.speech_stopped')[0]).toMatchObject({ audio_end_ms: 100 });
    expect(rehearsal.told('error')).toEqual([]);
  });
});

describe('what the upstream is asked', () => {
  it('is what the response wants otherwise than the session', async () => {
    const rehearsal = new Rehearsal();
    const tools = [{ type: 'function', name: 'look', parameters: { type: 'object' } }];
    rehearsal.say({ type: 'session.update', session: { type: 'realtime', instructions: 'Be brief.', tools } });
    await rehearsal.sayAnd(MESSAGE, {
      ...RESPOND,
      response: {
        ...{ instructions: 'Be long.', output_modalities: ['text'], max_output_tokens: 7, tool_choice: 'none' },
        audio: { output: { voice: 'bob' } },
      },
    });
    expect(rehearsal.upstream.last.turn).toMatchObject({
      settings: { systemPrompt: 'Be long.', voice: 'Bob', maxTokens: 7 },
      ...{ tools: [{ name: 'look', parameters: { type: 'object' } }], toolChoice: 'none', isSilent: true },
    });
    rehearsal.upstream.last.text('word').end();
    await settled();
    expect(rehearsal.told('response.done')[0]).toMatchObject({
      response: { output_modalities: ['text'], max_output_tokens: 7, audio: { output: { voice: 'Bob' } } },
    });
  });

  it('is an early conversation that the client brings along', async () => {
    const rehearsal = new Rehearsal();
    const items: Json[] = [
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'It is May.' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_audio', audio: 'AAAA', transcript: 'Hi.' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_audio', transcript: 'Hello.' }] },
      { type: 'function_call', call_id: 'call_a', name: 'look', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_a', output: 'rain' },
    ];
    rehearsal.say({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { format: { type: 'audio/pcma' } } } },
    });
    await rehearsal.sayAnd(...items.map((item) => ({ type: 'conversation.item.create', item })), RESPOND);
    expect(rehearsal.told('error')).toEqual([]);
    expect(rehearsal.upstream.last.turn.items).toMatchObject([
      { kind: 'system', text: 'It is May.' },
      { kind: 'user', text: 'Hi.' },
      { kind: 'assistant', text: 'Hello.' },
      { kind: 'tool-call', callId: 'call_a', name: 'look', arguments: '{}' },
      { kind: 'tool-result', callId: 'call_a', output: 'rain' },
    ]);
  });
});
