import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import type { ReplyEvent } from '../upstream.ts';
import { AnswerReader } from './answer-reader.ts';
import { ChunkReader } from './chunk.ts';

const RATE_HZ = 24_000;
const pcm = Buffer.from([1, 0, 2, 0]);
const words = (content: string) => ({ modality: 'text', choices: [{ delta: { content } }] });
const speech = { modality: 'audio', choices: [{ delta: { content: pcm.toString('base64') } }] };
const calling = (written: string) => ({
  modality: 'text',
  choices: [{ delta: { tool_calls: [{ index: 0, id: 'c1', function: { name: 'look', arguments: written } }] } }],
});

function stage(speaksMarkup = true) {
  const clock = new VirtualClock();
  const reader = new AnswerReader(new ChunkReader(RATE_HZ), speaksMarkup, clock);
  const read = (chunk: object): ReplyEvent['kind'][] => {
    const events = reader.read(JSON.stringify(chunk));
    if (!events.ok) throw new Error(events.problem.detail);
    return events.value.map(({ kind }) => kind);
  };
  return { clock, reader, read };
}

describe('the audio of an answer', () => {
  it('waits for the first words, and no longer than a second for words that do not come', () => {
    const { clock, read } = stage();
    expect(read(speech)).toEqual([]);
    clock.advance(900);
    expect(read(speech)).toEqual([]);
    clock.advance(200);
    expect(read(speech)).toEqual(['audio', 'audio', 'audio']);
    expect(read(speech)).toEqual(['audio']);
  });

  it('does not wait where nobody reads calls out', () => {
    expect(stage(false).read(speech)).toEqual(['audio']);
  });

  it.each([
    ['in a field of its own', [calling('{"at": '), calling('"sea"}')]],
    ['among the words', [words('<tool_'), words('call>{"name": "look", "arguments": {"at": "sea"}}</tool_call>')]],
  ])('that belongs to a call %s is dropped, before it and after it', (_, pieces) => {
    const { reader, read } = stage();
    expect(read(speech)).toEqual([]);
    expect(pieces.flatMap(read)).toEqual(['tool-call']);
    expect(read(speech)).toEqual([]);
    expect(reader.flush()).toEqual([]);
  });

  it('ends where a call begins after words', () => {
    const { read } = stage();
    expect(read(words('One moment. '))).toEqual(['text']);
    expect(read(speech)).toEqual(['audio']);
    expect(read(calling('{"at": 1}'))).toEqual(['tool-call']);
    expect(read(speech)).toEqual([]);
  });
});

describe('an answer that has called', () => {
  it('is over when nothing but the call being read out has come for a while', () => {
    const { clock, reader, read } = stage();
    read({ ...words('One moment.'), usage: { prompt_tokens: 61, completion_tokens: 0 } });
    read(calling('{"at": 1}'));
    expect(read(speech)).toEqual([]);
    clock.advance(300);
    read(calling(''));
    clock.advance(300);
    read(speech);
    expect([reader.hasEnded, reader.isFinished]).toEqual([false, false]);
    clock.advance(200);
    read(speech);
    expect([reader.hasEnded, reader.isFinished]).toEqual([true, true]);
    expect(reader.usage).toEqual({ inputTokens: 61 });
  });

  it('gives a call without arguments then, and waits for one that is not whole', () => {
    const empty = stage();
    empty.read(calling('{}'));
    empty.clock.advance(500);
    expect(empty.read(speech)).toEqual(['tool-call']);
    const slow = stage();
    slow.read(calling('{"at"'));
    slow.clock.advance(500);
    slow.read(speech);
    expect(slow.reader.hasEnded).toBe(false);
  });
});
