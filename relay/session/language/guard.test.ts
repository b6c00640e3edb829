import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectLanguage } from './detect.ts';
import { isDoubtful, type Evidence } from './guard.ts';
import { isWrittenIn, scriptOf } from './script.ts';
import { SENTENCES } from './testing/sentences.ts';

const LONG = { durationMs: 6_000, loudMs: 5_000 };
const SHORT = { durationMs: 1_000, loudMs: 500 };
const evidence = (text: string, more: Partial<Evidence> = {}): Evidence => {
  const language = more.language ?? detectLanguage(text, more.recent);
  return { text, sound: LONG, expected: [], recent: [], ...more, ...(language !== undefined && { language }) };
};
const IN_ENGLISH = { recent: ['en', 'en'] };

describe('a transcript', () => {
  it('is believed at the beginning of a conversation, in any language', () => {
    expect(isDoubtful(evidence('Wie spät ist es?', { sound: SHORT }))).toBe(false);
  });

  it('is doubtful where there was hardly a sound', () => {
    const click = { durationMs: 900, loudMs: 40 };
    expect(isDoubtful(evidence('Thank you for watching!', { sound: click, ...IN_ENGLISH }))).toBe(true);
  });

  it('is doubtful with more words than fit into the time', () => {
    const text = 'And so we went on to the harbour, where the boats had been waiting since the morning.';
    expect(isDoubtful(evidence(text, { sound: { durationMs: 1_200, loudMs: 1_000 }, ...IN_ENGLISH }))).toBe(true);
    expect(isDoubtful(evidence(text, { sound: { durationMs: 3_400, loudMs: 3_200 }, ...IN_ENGLISH }))).toBe(false);
  });

  it('is doubtful in a sudden other language on little sound, and believed on much of it', () => {
    expect(isDoubtful(evidence('请把灯关掉。', { sound: SHORT, ...IN_ENGLISH }))).toBe(true);
    expect(isDoubtful(evidence('请把灯关掉，然后打开窗户。', { sound: LONG, ...IN_ENGLISH }))).toBe(false);
  });

  it('may be in the language of the answers as well as in that of the turns before', () => {
    const german = 'Mach bitte das Licht aus.';
    expect(isDoubtful(evidence(german, { sound: SHORT, expected: ['de'], ...IN_ENGLISH }))).toBe(false);
    expect(isDoubtful(evidence(german, { sound: SHORT, ...IN_ENGLISH }))).toBe(true);
  });

  it('is doubtful in a third language while interpreting, however long it is', () => {
    const fixed = ['de', 'en-GB'];
    expect(isDoubtful(evidence('Wo ist der Bahnhof?', { fixed }))).toBe(false);
    expect(isDoubtful(evidence('Where is the station?', { fixed }))).toBe(false);
    expect(isDoubtful(evidence('Где находится вокзал?', { fixed }))).toBe(true);
  });

  it('is judged by its script where its language is open', () => {
    expect(isDoubtful(evidence('Hm.', { sound: SHORT, ...IN_ENGLISH }))).toBe(false);
    expect(isDoubtful(evidence('10', { fixed: ['ja', 'ko'] }))).toBe(false);
  });
});

describe('the guard, measured on short sentences of eleven languages', () => {
  const languages = Object.keys(SENTENCES) as (keyof typeof SENTENCES)[];
  /** As long as saying it takes. */
  const soundFor = (text: string) => {
    const loudMs = 300 + 75 * text.length;
    return { durationMs: loudMs + 700, loudMs };
  };

  it('doubts all wrong-script words that short sounds are mistaken for', () => {
    const wrong = languages.flatMap((spoken) =>
      languages.flatMap((written) =>
        SENTENCES[written]
          .filter((text) => !isWrittenIn(spoken, scriptOf(text) ?? 'Latn'))
          .map((text) => isDoubtful(evidence(text, { sound: SHORT, recent: [spoken, spoken] }))),
      ),
    );
    expect(wrong.length).toBeGreaterThan(800);
    expect(wrong.filter((doubt) => !doubt)).toHaveLength(0);
  });

  it('believes what was said in the language of the conversation', () => {
    const said = languages.flatMap((spoken) =>
      SENTENCES[spoken].map((text) =>
        isDoubtful(evidence(text, { sound: soundFor(text), recent: [spoken, spoken, spoken] })),
      ),
    );
    expect(said.filter((doubt) => doubt).length / said.length).toBeLessThan(0.03);
  });
});

describe('isDoubtful', () => {
  const sound = fc.record({ durationMs: fc.nat(60_000), loudMs: fc.nat(60_000) });
  const tags = fc.array(fc.constantFrom('en', 'de', 'zh', 'ja', 'ru', 'pt-BR', 'ar'), { maxLength: 4 });

  it('never doubts what has no letters', () => {
    const text = fc.string({ unit: fc.constantFrom(' ', '1', '…', '?', '👍'), maxLength: 40 });
    fc.assert(
      fc.property(text, sound, tags, (words, heard, recent) => {
        expect(isDoubtful({ text: words, sound: heard, expected: [], recent })).toBe(false);
      }),
    );
  });

  it('doubts no less, the less was heard', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), sound, sound, tags, (text, one, other, recent) => {
        const less = {
          durationMs: Math.min(one.durationMs, other.durationMs),
          loudMs: Math.min(one.loudMs, other.loudMs),
        };
        const common = { text, expected: [], recent };
        if (isDoubtful({ ...common, sound: one })) expect(isDoubtful({ ...common, sound: less })).toBe(true);
      }),
    );
  });

  it('doubts no more, the more languages are expected', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        sound,
        tags,
        tags,
        (text, heard, recent, expected) => {
          const common = { text, sound: heard, recent };
          if (isDoubtful({ ...common, expected })) expect(isDoubtful({ ...common, expected: [] })).toBe(true);
        },
      ),
    );
  });
});
