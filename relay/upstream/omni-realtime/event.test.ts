import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvent } from './event.ts';

const parse = (event: object) => parseEvent(JSON.stringify(event));

describe('an event', () => {
  it.each([
    ['response.audio_transcript.delta', { delta: 'Hi' }, { kind: 'text', text: 'Hi' }],
    ['response.output_audio_transcript.delta', { delta: 'Hi' }, { kind: 'text', text: 'Hi' }],
    ['transcription.delta', { delta: 'Hi' }, { kind: 'text', text: 'Hi' }],
    ['response.text.delta', { delta: 'Hi' }, { kind: 'text', text: 'Hi' }],
    ['response.audio.delta', { delta: 'AAA=' }, { kind: 'audio', data: 'AAA=', rateHz: undefined }],
    ['response.output_audio.delta', { delta: 'AAA=' }, { kind: 'audio', data: 'AAA=', rateHz: undefined }],
    [
      'response.audio.delta',
      { audio: 'AAA=', format: 'pcm16', sample_rate_hz: 24_000 },
      { kind: 'audio', data: 'AAA=', rateHz: 24_000 },
    ],
    ['input_audio_buffer.committed', { item_id: 'u1' }, { kind: 'committed', item: 'u1' }],
    [
      'conversation.item.input_audio_transcription.completed',
      { item_id: 'u1', content_index: 0, transcript: 'Yes.' },
      { kind: 'transcript', item: 'u1', text: 'Yes.' },
    ],
    ['response.content_part.added', { part: { type: 'audio', text: '' } }, { kind: 'other' }],
    ['session.created', { id: 'sess-1', created: 1 }, { kind: 'created', session: undefined }],
  ])('named %s is read in every dialect', (type, fields, event) => {
    expect(parse({ event_id: 'e', type, ...fields })).toEqual({ ok: true, value: event });
  });

  it('that closes an answer has its price, however the details are named', () => {
    const usage = {
      total_tokens: 30,
      input_tokens: 10,
      output_tokens: 20,
      input_tokens_details: { text_tokens: 1, audio_tokens: 9 },
      output_tokens_details: { text_tokens: 5, audio_tokens: 15 },
    };
    expect(parse({ type: 'response.done', response: { status: 'completed', usage } })).toEqual({
      ok: true,
      value: {
        kind: 'done',
        calls: [],
        status: 'completed',
        usage: { inputTokens: 10, outputTokens: 20 },
        problem: undefined,
      },
    });
    expect(parse({ type: 'response.done', response: {} })).toMatchObject({ value: { status: 'completed' } });
  });

  it.each([
    { type: 'response.audio_transcript.delta' },
    { type: 'response.audio_transcript.delta', delta: null },
    { type: 'response.done' },
    { type: 'session.updated', session: null },
    { type: 7 },
    [],
    {},
  ])('that lacks what it must have is a problem: %j', (event) => {
    expect(parse(event)).toMatchObject({ ok: false, problem: { kind: 'upstream-faulty' } });
  });

  it('of any form is an event or a problem, and never throws', () => {
    const types = ['session.created', 'session.updated', 'response.done', 'response.audio.delta', 'error'];
    const event = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          type: fc.oneof(fc.constantFrom(...types), fc.string()),
          rest: fc.dictionary(fc.string(), fc.jsonValue()),
        })
        .map(({ type, rest }) => JSON.stringify({ ...rest, type })),
      fc
        .record({ type: fc.constantFrom(...types), field: fc.constantFrom('session', 'response', 'delta', 'error') })
        .chain(({ type, field }) => fc.jsonValue().map((value) => JSON.stringify({ type, [field]: value }))),
    );
    fc.assert(
      fc.property(event, (frame) => {
        const parsed = parseEvent(frame);
        if (!parsed.ok) expect(parsed.problem.kind).toMatch(/^upstream-/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of failure never quotes what the server wrote', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,9} [a-z]{3,9}$/), (words) => {
        const error = { type: words, code: words, message: words, param: words };
        for (const frame of [
          { type: 'error', error },
          { type: 'error', error: words, code: words },
          { type: 'response.done', response: { status: 'failed', status_details: { error } } },
        ])
          expect(JSON.stringify(parse(frame))).not.toContain(words);
      }),
    );
  });
});
