import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SYSTEM_PROMPT, toInstructions } from './instructions.ts';

const PIRATE = 'You are a pirate.';

describe('the instructions of an answerer', () => {
  it('are the default or the user’s own where the language is left open', () => {
    expect(toInstructions({})).toBe(DEFAULT_SYSTEM_PROMPT);
    expect(toInstructions({ systemPrompt: PIRATE })).toBe(PIRATE);
  });

  it('end with the language to answer in, by its name', () => {
    expect(toInstructions({ systemPrompt: PIRATE, answerLanguage: 'pt-BR' })).toBe(
      `${PIRATE}\n\nAlways answer in Brazilian Portuguese, whatever language the user speaks.`,
    );
    expect(toInstructions({ answerLanguage: 'fr' })).not.toContain('the language the user speaks.\n');
  });

  it('ask for the language of the words being answered when it is mirrored', () => {
    expect(toInstructions({ systemPrompt: PIRATE, answerLanguage: 'mirror' })).toMatch(
      /pirate.*language of the words you are answering/s,
    );
  });

  it('make an interpreter of any persona: both directions, nothing answered, the persona only notes', () => {
    const told = toInstructions({
      systemPrompt: PIRATE,
      answerLanguage: 'fr',
      translation: { languages: ['de', 'en'] },
    });
    expect(told).toMatch(/^You are an interpreter between German and English\./);
    expect(told).toContain('what is said in German you say in English, what is said in English you say in German');
    expect(told).toContain('never answered');
    expect(told).not.toContain('French');
    expect(told.endsWith(`nothing more:\n${PIRATE}`)).toBe(true);
  });

  it('keep every word of the user’s own, whatever the languages', () => {
    const tag = fc.constantFrom('de', 'zh-Hant', 'es-419', 'qq', 'zzz');
    fc.assert(
      fc.property(fc.string(), tag, tag, (systemPrompt, one, other) => {
        expect(toInstructions({ systemPrompt, answerLanguage: one })).toContain(systemPrompt);
        expect(toInstructions({ systemPrompt, translation: { languages: [one, other] } })).toContain(systemPrompt);
      }),
    );
  });
});
