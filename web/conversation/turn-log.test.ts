import { describe, expect, it } from 'vitest';
import type { LogEntry, LogFact } from './log.ts';
import { toTurns } from './turn-log.ts';

const entries = (...facts: LogFact[]): LogEntry[] =>
  facts.map((fact, seq) => ({ ...fact, conversation: 'c', seq, atMs: seq }));
const utterance = 'a.1';
const confirmed: LogFact = { type: 'utterance.confirmed', utterance, durationMs: 900 };
const said = (text: string, more: { language?: string; isDoubtful?: boolean } = {}): LogFact => ({
  ...{ type: 'transcript', utterance, text },
  ...more,
});

describe('the languages of a turn', () => {
  it('are those of its words and of its whole answer', () => {
    const [turn] = toTurns(
      entries(
        confirmed,
        said('Wo ist der Bahnhof?', { language: 'de' }),
        { type: 'reply.started', utterance, attempt: 1, rateHz: 24_000, upstream: 'cascade', model: 'm' },
        { type: 'reply.text', utterance, attempt: 1, text: 'Where is the station?' },
        { type: 'reply.finished', utterance, attempt: 1, samples: 10, language: 'en' },
      ),
    );
    expect(turn).toMatchObject({ userLanguage: 'de', reply: { language: 'en', samples: 10 } });
  });

  it('are not told where nobody knew them, as in logs of earlier versions', () => {
    const [turn] = toTurns(entries(confirmed, said('OK.')));
    expect(turn).toMatchObject({ userText: 'OK.' });
    expect(turn).not.toHaveProperty('userLanguage');
    expect(turn).not.toHaveProperty('isDoubtful');
  });

  it('are corrected, doubt and all, by a later transcript', () => {
    const [turn] = toTurns(
      entries(confirmed, said('감사합니다.', { language: 'ko', isDoubtful: true }), said('Ahem.')),
    );
    expect(turn).toMatchObject({ userText: 'Ahem.' });
    expect(turn).not.toHaveProperty('userLanguage');
    expect(turn).not.toHaveProperty('isDoubtful');
  });
});
