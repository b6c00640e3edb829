import { describe, expect, test } from 'vitest';
import { advanceRecord, newConversation, toSummary, toTitle } from './conversation-record.ts';
import type { LogFact } from '../conversation/log.ts';

const told = (...facts: LogFact[]) =>
  toSummary(
    facts.reduce(
      (record, fact, seq) => advanceRecord(record, { ...fact, conversation: 'c', seq, atMs: 1_000 + seq }),
      newConversation('c', 1_000),
    ),
  );
const text = (utterance: string, words: string, attempt = 1): LogFact => ({
  type: 'reply.text',
  utterance,
  attempt,
  text: words,
});
const said = (utterance: string, words: string): LogFact => ({ type: 'transcript', utterance, text: words });

describe('a conversation', () => {
  test('is called after what the user said first', () => {
    expect(told(text('u1', 'Sunny, '), said('u1', ' What is the\nweather? '), said('u2', 'And now?')).title).toBe(
      'What is the weather?',
    );
  });

  test('is called after the first answer where nobody transcribes', () => {
    expect(told(text('u1', 'It is '), text('u1', 'sunny.'), text('u2', 'Rain.')).title).toBe('It is sunny.');
  });

  test('does not take its title from an answer to half a sentence', () => {
    const reopened: LogFact = { type: 'utterance.reopened', utterance: 'u1' };
    expect(told(text('u1', 'Pardon?'), reopened, text('u1', 'Gladly.', 2)).title).toBe('Gladly.');
  });

  test('keeps the name its owner gave it', () => {
    const named = { ...newConversation('c', 0), title: 'Mine', titleFrom: 'user' as const };
    const entry = { ...said('u', 'hello'), conversation: 'c', seq: 0, atMs: 5 };
    expect(advanceRecord(named, entry)).toMatchObject({ title: 'Mine', updatedAtMs: 5 });
  });

  test('counts the turns that were not discarded', () => {
    const started = (utterance: string): LogFact => ({ type: 'utterance.started', utterance });
    const summary = told(started('u1'), started('u2'), { type: 'utterance.discarded', utterance: 'u2' });
    expect(summary).toMatchObject({ turnCount: 1, createdAtMs: 1_000, updatedAtMs: 1_002 });
  });
});

test('a long title is cut between words', () => {
  expect(toTitle('one two three four five six seven eight nine ten eleven twelve thirteen')).toBe(
    'one two three four five six seven eight nine ten eleven…',
  );
  expect(Array.from(toTitle('語'.repeat(100)))).toHaveLength(60);
});
