import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TranscriptReader } from './transcript-reader.ts';

function read(...frames: (object | string)[]): { reader: TranscriptReader; kinds: string[] } {
  const reader = new TranscriptReader();
  const kinds = frames.flatMap((frame) => {
    const result = reader.read(typeof frame === 'string' ? frame : JSON.stringify(frame));
    return result.ok ? result.value.map(({ kind }) => kind) : [result.problem.kind];
  });
  return { reader, kinds };
}

describe('the transcript reader', () => {
  it('believes the last word of the server over its deltas', () => {
    const done = { type: 'transcript.text.done', text: 'Hello, world.' };
    const { reader } = read({ type: 'transcript.text.delta', delta: ' hello' }, done);
    expect([reader.text, reader.isFinished, reader.hasEnded]).toEqual(['Hello, world.', true, true]);
  });

  it('keeps the deltas where the last word is missing', () => {
    const { reader } = read({ type: 'transcript.text.delta', delta: ' hello' }, { type: 'transcript.text.done' });
    expect(reader.text).toBe('hello');
  });

  it('joins bare segments with spaces, with their times and language, and never knows whether one was the last', () => {
    const { reader, kinds } = read(
      { text: 'Hello', start: 0, end: 0.5, language: 'en' },
      { text: 'world.', start: 0.5, end: 1 },
    );
    expect(kinds).toEqual(['segment', 'partial', 'segment', 'partial']);
    expect([reader.text, reader.language, reader.isFinished, reader.hasEnded]).toEqual([
      'Hello world.',
      'en',
      true,
      false,
    ]);
  });

  it('is not finished by deltas alone', () => {
    expect(read({ type: 'transcript.text.delta', delta: 'a' }).reader.isFinished).toBe(false);
    expect(read({ object: 'transcription.chunk', choices: [{ delta: { content: 'a' } }] }).reader.isFinished).toBe(
      false,
    );
  });

  it.each([
    ['unknown events', { type: 'session.whatever', delta: 'x' }, []],
    ['usage alone', { object: 'transcription.chunk', choices: [], usage: {} }, []],
    ['null for content', { choices: [{ delta: { content: null } }] }, []],
    ['an error with a status', { error: { message: 'm', code: 503 } }, ['upstream-busy']],
    ['an error without', { error: { message: 'm' } }, ['upstream-faulty']],
    ['what is no JSON', '{"text"', ['upstream-faulty']],
    ['a number for words', { type: 'transcript.text.delta', delta: 5 }, ['upstream-faulty']],
  ])('takes %s for what it is', (_, frame, kinds) => {
    expect(read(frame).kinds).toEqual(kinds);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (data) => void new TranscriptReader().read(data)));
  });
});
