import { describe, expect, it } from 'vitest';
import { Rehearsal, type Json } from './testing/rehearsal.ts';

const append = (audio: unknown): Json => ({ type: 'input_audio_buffer.append', audio });
const update = (session: Json): Json => ({ type: 'session.update', session });
const toolOutput = {
  type: 'conversation.item.create',
  item: { type: 'function_call_output', call_id: 'c', output: '' },
};

/** What a client does wrong, and the code and the place it is told. */
const MISTAKES: [name: string, message: Json | string, code: string, param: string | null][] = [
  ['no JSON', '{', 'invalid_json', null],
  ['JSON that is no object', '[]', 'invalid_json', null],
  ['a message without a type', {}, 'invalid_value', 'type'],
  ['an unknown type', { type: 'no.such.thing' }, 'invalid_value', 'type'],
  ['no sound', { type: 'input_audio_buffer.append' }, 'missing_required_parameter', 'audio'],
  ['bad base64', append('!!!!'), 'invalid_value', 'audio'],
  ['half a sample', append('AAAA'), 'invalid_value', 'audio'],
  ['more sound than fits', append('A'.repeat(15 * 1024 * 1024 + 4)), 'string_above_max_length', 'audio'],
  ['an image', { type: 'input_image_buffer.append', image: 'AAAA' }, 'not_supported', 'image'],
  ['a commit of nothing', { type: 'input_audio_buffer.commit' }, 'input_audio_buffer_commit_empty', null],
  ['a cancel of nothing', { type: 'response.cancel' }, 'response_cancel_not_active', null],
  ['the output of a call that was not made', toolOutput, 'invalid_tool_call_id', 'item.call_id'],
  [
    'an item of another kind',
    { type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [] } },
    ...(['invalid_value', 'item.type'] as const),
  ],
  ['sound alone', update({ modalities: ['audio'] }), 'invalid_value', 'session.modalities'],
  ['an unknown format', update({ input_audio_format: 'mp3' }), 'invalid_value', 'session.input_audio_format'],
  ['an unknown rate', update({ sample_rate: 44_100 }), 'invalid_value', 'session.sample_rate'],
  [
    'a silence that is too short',
    update({ turn_detection: { silence_duration_ms: 100 } }),
    ...(['invalid_value', 'session.turn_detection.silence_duration_ms'] as const),
  ],
  ['an unknown detection', update({ turn_detection: { type: 'x' } }), 'invalid_value', 'session.turn_detection.type'],
  ['flat tools', update({ tools: [{ type: 'function', name: 'f' }] }), ...missing('session.tools[0].function')],
  ['too warm a temperature', update({ temperature: 2 }), 'invalid_value', 'session.temperature'],
  ['a session that is no object', { type: 'session.update', session: 7 }, 'invalid_type', 'session'],
  [
    'a response of sound alone',
    { type: 'response.create', response: { modalities: ['audio'] } },
    ...(['invalid_value', 'response.modalities'] as const),
  ],
];

function missing(param: string) {
  return ['missing_required_parameter', param] as const;
}

describe('a conversation', () => {
  it.each(MISTAKES)('goes on after %s', async (_, message, code, param) => {
    const rehearsal = new Rehearsal();
    await rehearsal.say(message);
    expect(rehearsal.told('error')).toMatchObject([{ error: { type: 'invalid_request_error', code, param } }]);
    const words = (rehearsal.told('error')[0]?.['error'] as { message: string }).message;
    expect(words).toMatch(/^[A-Z].*\.$/);
    await rehearsal.say(update({ turn_detection: null, voice: null, no_such_key: 1 }));
    await rehearsal.speak(200);
    await rehearsal.say({ type: 'input_audio_buffer.commit' });
    await rehearsal.say({ type: 'response.create' });
    rehearsal.upstream.last.text('Yes.').end();
    await rehearsal.wait(0);
    expect(rehearsal.types().at(-1)).toBe('response.done');
    expect(rehearsal.told('error')).toHaveLength(1);
  });

  it('refuses a second answer beside one that calls no tool', async () => {
    const rehearsal = new Rehearsal();
    await rehearsal.say(update({ turn_detection: null }));
    await rehearsal.speak(200);
    await rehearsal.say({ type: 'input_audio_buffer.commit' });
    await rehearsal.say({ type: 'response.create' });
    await rehearsal.say({ type: 'response.create' });
    expect(rehearsal.told('error')).toMatchObject([{ error: { code: 'conversation_already_has_active_response' } }]);
  });
});

describe('a recognition', () => {
  it('has no conversation, and knows that other models have', async () => {
    const rehearsal = new Rehearsal({ model: 'qwen3-asr-flash-realtime' });
    await rehearsal.say(toolOutput);
    await rehearsal.say({ type: 'response.cancel' });
    await rehearsal.say({ type: 'response.create' });
    await rehearsal.say(update({ modalities: ['audio'], tools: 'none', voice: 7 }));
    const codes = rehearsal.told('error').map(({ error }) => (error as { code: string }).code);
    expect(codes).toEqual(['not_supported', 'response_cancel_not_active']);
    expect(rehearsal.types().at(-1)).toBe('session.updated');
  });

  it('takes no more than a minute that is not committed', async () => {
    const rehearsal = new Rehearsal({ model: 'qwen3-asr-flash-realtime' });
    await rehearsal.say(update({ turn_detection: null }));
    await rehearsal.speak(60_000);
    await rehearsal.say(append('AAA='));
    expect(rehearsal.told('error')).toMatchObject([{ error: { code: 'input_audio_buffer_full' } }]);
    await rehearsal.say({ type: 'input_audio_buffer.commit' });
    await rehearsal.say(append('AAA='));
    expect(rehearsal.told('error')).toHaveLength(1);
  });
});

describe('the end of a session', () => {
  it('cuts off an answer that does not end in time', async () => {
    const rehearsal = new Rehearsal();
    await rehearsal.say(update({ turn_detection: null }));
    await rehearsal.speak(200);
    await rehearsal.say({ type: 'input_audio_buffer.commit' });
    await rehearsal.say({ type: 'response.create' });
    rehearsal.upstream.last.text('And then').audio(10);
    await rehearsal.say({ type: 'session.finish' });
    await rehearsal.wait(11_900);
    expect(rehearsal.isFinished).toBe(false);
    await rehearsal.wait(100);
    expect(rehearsal.types().slice(-2)).toEqual(['response.done', 'session.finished']);
    expect(rehearsal.told('response.done')).toMatchObject([{ response: { status: 'cancelled' } }]);
    expect(rehearsal.upstream.last.signal.aborted).toBe(true);
  });

  it('does not wait longer for a recogniser that does not answer', async () => {
    const rehearsal = new Rehearsal({ model: 'qwen3-asr-flash-realtime' });
    rehearsal.recogniser.takesMs = 60_000;
    await rehearsal.say(update({ turn_detection: null }));
    await rehearsal.speak(500);
    await rehearsal.say({ type: 'session.finish' });
    await rehearsal.wait(12_000);
    expect(rehearsal.types().at(-1)).toBe('session.finished');
    expect(rehearsal.recogniser.running).toBe(0);
  });
});
