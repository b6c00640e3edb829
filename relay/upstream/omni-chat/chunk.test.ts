import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../upstream.ts';
import { ChunkReader } from './chunk.ts';
import { toWav } from '../pcm/wav.ts';

const RATE_HZ = 24_000;
const read = (reader: ChunkReader, chunk: unknown): ReplyEvent[] | string => {
  const result = reader.read(typeof chunk === 'string' ? chunk : JSON.stringify(chunk));
  return result.ok ? result.value : `${result.problem.kind}: ${result.problem.detail}`;
};
const readOne = (chunk: unknown) => read(new ChunkReader(RATE_HZ), chunk);
const delta = (content: object, modality?: string) => ({
  ...(modality ? { modality } : {}),
  choices: [{ index: 0, delta: content }],
});
const speech = (bytes: Uint8Array) => delta({ content: Buffer.from(bytes).toString('base64') }, 'audio');
const pcm = Buffer.from([1, 0, 2, 0]);

describe('a chunk', () => {
  it.each<[string, unknown, ReplyEvent[]]>([
    ['words', delta({ content: 'Hi' }, 'text'), [{ kind: 'text', text: 'Hi' }]],
    ['words without a modality', delta({ content: 'Hi' }), [{ kind: 'text', text: 'Hi' }]],
    ['audio in the place of words', speech(pcm), [{ kind: 'audio', pcm }]],
    ['audio in its own place', delta({ audio: { data: pcm.toString('base64'), id: 'a' } }), [{ kind: 'audio', pcm }]],
    [
      'a transcript beside the audio',
      delta({ content: null, audio: { transcript: 'Hi' } }),
      [{ kind: 'text', text: 'Hi' }],
    ],
    ['null and empty content', delta({ role: 'assistant', content: null }), []],
    ['empty audio', delta({ content: '' }, 'audio'), []],
    ['reasoning', delta({ reasoning_content: 'secret', reasoning: 'secret', content: null }), []],
    [
      'a tool call',
      delta({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{"n":1}' } }] }, 'text'),
      [{ kind: 'tool-call', callId: 'c', name: 'f', arguments: '{"n":1}' }],
    ],
    ['an image', delta({ content: 'AAAA' }, 'image'), []],
    ['no choices', { choices: [] }, []],
    ['a document of another kind', { object: 'chat.completion.stage_metrics', metrics: [1] }, []],
    [
      'null in every place',
      { modality: null, choices: [{ delta: null, finish_reason: null }], usage: null, error: null },
      [],
    ],
  ])('with %s gives what it says', (_, chunk, events) => {
    expect(readOne(chunk)).toEqual(events);
  });

  it.each([
    ['no JSON', '{"choices":['],
    ['a number', '42'],
    ['choices of a wrong type', { choices: 'x' }],
    ['content of a wrong type', delta({ content: { text: 'x' } })],
    ['audio that is not base64', delta({ content: 'AA*A' }, 'audio')],
    ['base64 cut off', delta({ content: 'AAAAA' }, 'audio')],
    ['base64 that goes on after its end', delta({ content: 'AA==AAAA' }, 'audio')],
    ['an error', { error: { message: 'boom', type: 'InternalServerError', code: 500 } }],
    ['an error without a code', { error: 'boom' }],
    ['an older error', { object: 'error', message: 'boom', type: 'X', code: 500 }],
  ])('with %s is faulty, and its text is not repeated', (_, chunk) => {
    const problem = readOne(chunk);
    expect(problem).toContain('upstream-faulty');
    expect(problem).not.toContain('boom');
  });

  it('carries the meaning of an error with a status', () => {
    expect(readOne({ error: { message: 'full', type: 'X', code: 503 } })).toContain('upstream-busy');
    expect(readOne({ error: { message: 'too long', type: 'X', code: 400 } })).toContain('upstream-rejected');
  });
});

describe('the chunks of one answer', () => {
  it('become whole samples however the bytes were cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), (pieces) => {
        const reader = new ChunkReader(RATE_HZ);
        const events = pieces.flatMap((piece) => read(reader, speech(piece)) as ReplyEvent[]);
        const audio = events.flatMap((event) => (event.kind === 'audio' ? [event.pcm] : []));
        for (const part of audio) expect(part.length % 2).toBe(0);
        const all = Buffer.concat(pieces);
        expect(Buffer.concat(audio)).toEqual(all.subarray(0, all.length - (all.length % 2)));
      }),
    );
  });

  it('may each be a WAV file, or only the first of them', () => {
    const reader = new ChunkReader(RATE_HZ);
    expect(read(reader, speech(toWav(pcm, RATE_HZ)))).toEqual([{ kind: 'audio', pcm }]);
    expect(read(reader, speech(toWav(pcm, RATE_HZ)))).toEqual([{ kind: 'audio', pcm }]);
    expect(read(reader, speech(pcm))).toEqual([{ kind: 'audio', pcm }]);
  });

  it('are not played at a wrong speed: another rate is a problem that says which', () => {
    const reader = new ChunkReader(RATE_HZ);
    expect(read(reader, speech(toWav(pcm, 44_100)))).toContain('44100');
    expect(reader.noticedRateHz).toBe(44_100);
  });

  it('give a call without arguments where the answer is said to be finished, or has ended', () => {
    const call = { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '' } }] };
    const given = [{ kind: 'tool-call', callId: 'c', name: 'f', arguments: '{}' }];
    const reader = new ChunkReader(RATE_HZ);
    expect(read(reader, delta(call))).toEqual([]);
    expect(read(reader, { choices: [{ delta: {}, finish_reason: 'tool_calls' }] })).toEqual(given);
    expect(reader.isFinished).toBe(true);
    const cut = new ChunkReader(RATE_HZ);
    read(cut, delta(call));
    expect(cut.flush()).toEqual(given);
  });

  it('tell the newest usage and whether a finish reason came', () => {
    const reader = new ChunkReader(RATE_HZ);
    read(reader, { ...speech(pcm), usage: { prompt_tokens: 61, completion_tokens: 0 } });
    expect(reader.isFinished).toBe(false);
    read(reader, { choices: [{ delta: { content: '' }, finish_reason: 'stop' }] });
    read(reader, { choices: [], usage: { prompt_tokens: 61, completion_tokens: 12, total_tokens: 73 } });
    expect(reader.isFinished).toBe(true);
    expect(reader.usage).toEqual({ inputTokens: 61, outputTokens: 12 });
  });

  it('are each read as if they were the first, however much like the one before they look', () => {
    const long = fc.uint8Array({ minLength: 400, maxLength: 410 }).map((bytes) => bytes.subarray(bytes.length % 2));
    const content = fc.oneof(
      ...[long, long, long].map((bytes) => bytes.map((pcm) => Buffer.from(pcm).toString('base64'))),
      long.map((bytes) => toWav(bytes, RATE_HZ).toString('base64')),
      fc.constantFrom(
        '',
        'AA*A',
        'AA"A',
        'A\\u0041AAAAAA',
        'AAAAAAAA","content":"BBBBBBBB',
        '"},"finish_reason":"stop","x":{"y":"',
      ),
    );
    const shape = fc.constantFrom(
      ...['audio', 'audio', 'audio', 'text'].map((modality) => JSON.stringify(delta({ content: '@' }, modality))),
      JSON.stringify({ ...delta({ content: '@' }, 'audio'), usage: { prompt_tokens: 61, completion_tokens: 1 } }),
      JSON.stringify(delta({ audio: { data: '@' } })),
      JSON.stringify(delta({ content: '@', audio: { data: '@' } }, 'text')),
      JSON.stringify(delta({ content: '@', audio: { data: null, transcript: 'Hi' } }, 'audio')),
      JSON.stringify({ modality: 'audio', choices: [{ delta: { content: '@' } }, { delta: { content: 'AAAAAAAA' } }] }),
      JSON.stringify({ modality: 'audio', choices: [{ delta: { content: '@' }, finish_reason: 'stop' }] }),
    );
    const chunk = fc.tuple(shape, content).map(([text, data]) => text.replaceAll('@', data));
    const known = (reader: ChunkReader) => [reader.usage, reader.isFinished];
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 2, maxLength: 8 }), (chunks) => {
        const reader = new ChunkReader(RATE_HZ);
        for (const text of chunks) {
          const fresh = new ChunkReader(RATE_HZ);
          const before = known(reader);
          expect(read(reader, text)).toEqual(read(fresh, text));
          const [usage, isFinished] = known(fresh);
          expect(known(reader)).toEqual([usage ?? before[0], isFinished || before[1]]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lose nothing of a call that is written beside the same sound', () => {
    const reader = new ChunkReader(RATE_HZ);
    const content = Buffer.alloc(600).toString('base64');
    const piece = (written: string) => {
      const call = { index: 0, id: 'c', function: { name: 'f', arguments: written } };
      return delta({ content, tool_calls: [call] }, 'audio');
    };
    const given = [' ', ' ', '{}'].map((written) => read(reader, piece(written)));
    expect(given.flat()).toContainEqual({ kind: 'tool-call', callId: 'c', name: 'f', arguments: '  {}' });
  });

  it('never make the reader throw, whatever JSON they are', () => {
    fc.assert(fc.property(fc.json(), (json) => void new ChunkReader(RATE_HZ).read(json)));
  });
});
