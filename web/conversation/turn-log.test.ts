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

describe('an answer that is cut off', () => {
  const words = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen';
  const started: LogFact = {
    ...{ type: 'reply.started', utterance, attempt: 1 },
    ...{ rateHz: 24_000, upstream: 'omni-chat', model: 'm' },
  };
  const cutAt = (heardSample: number, totalSamples: number, ...facts: LogFact[]) => {
    const interrupted: LogFact = { type: 'reply.interrupted', utterance, attempt: 1, heardSample, totalSamples };
    const said: LogFact = { type: 'reply.text', utterance, attempt: 1, text: words };
    return toTurns(entries(confirmed, started, said, ...facts, interrupted))[0]?.reply?.text;
  };

  it('keeps what was heard, though all its words had come before most of its sound', () => {
    // One second of some six and a half.
    expect(cutAt(24_000, 30_000)).toBe('one two three');
  });

  it('is judged by its sound once all of that is there', () => {
    const finished: LogFact = { type: 'reply.finished', utterance, attempt: 1, samples: 48_000 };
    expect(cutAt(24_000, 48_000, finished)).toBe('one two three four five six seven eight nine ten');
  });
});
