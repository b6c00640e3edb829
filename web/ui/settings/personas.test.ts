import { describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import { toSetup } from '../app-settings.ts';
import { personaOf, PERSONAS, withPersona } from './personas.ts';

const PAIR: [string, string] = ['de', 'en'];

describe('personas', () => {
  it('are recognised once chosen, and are nothing the wire would refuse', () => {
    for (const persona of PERSONAS) {
      const setup = withPersona({ systemPrompt: 'Mine.', translation: { languages: ['fr', 'en'] } }, persona, PAIR);
      expect(personaOf(setup)).toBe(persona);
      expect(toSetup(setup)).toEqual(setup);
      expect(persona.systemPrompt?.length ?? 0).toBeLessThan(LIMITS.maxPromptChars);
      expect(persona.hint).toMatch(/\.$/);
    }
    expect(new Set(PERSONAS.map(({ id }) => id)).size).toBe(PERSONAS.length);
  });

  it('leave voice and answer language to the listener', () => {
    const [assistant] = PERSONAS;
    const setup = { voice: 'Ethan', answerLanguage: 'mirror', systemPrompt: 'Mine.' };
    expect(assistant && withPersona(setup, assistant, PAIR)).toEqual({ voice: 'Ethan', answerLanguage: 'mirror' });
  });

  it('do not claim instructions somebody wrote, but interpret with notes all the same', () => {
    expect(personaOf({ systemPrompt: 'Answer like a pirate.' })).toBeUndefined();
    expect(personaOf({ systemPrompt: 'Formal, please.', translation: { languages: PAIR } })?.id).toBe('interpreter');
  });
});
