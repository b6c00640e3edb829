import { describe, expect, it } from 'vitest';
import type { Settings } from '#protocol';
import { ConversationLanguages } from './conversation-languages.ts';

/** A steady sound at half of full scale. */
const noise = (durationMs: number) =>
  new Uint8Array(Int16Array.from({ length: 16 * durationMs }, (_, i) => (i % 2 ? 16_000 : -16_000)).buffer);
const SECOND = noise(1_000);

function conversation(settings: Settings = {}) {
  const languages = new ConversationLanguages();
  let turns = 0;
  return {
    turn: (audio = SECOND) => languages.of({ utterance: `u${++turns}`, settings, audio }),
    again: (utterance: string, audio = SECOND) => languages.of({ utterance, settings, audio }),
  };
}

describe('the languages of a conversation', () => {
  it('are believed as the upstream tells them, and told from the words where it does not', () => {
    const { turn } = conversation();
    expect(turn().ofTranscript('Alles klar.', 'nl')).toEqual({
      kind: 'transcript',
      text: 'Alles klar.',
      language: 'nl',
    });
    expect(turn(noise(3_000)).ofTranscript('Wie ist das Wetter heute?', undefined).language).toBe('de');
  });

  it('are left out where neither tells', () => {
    expect(conversation().turn().ofTranscript('OK.', undefined)).toEqual({ kind: 'transcript', text: 'OK.' });
  });

  it('make a sudden other one doubtful once, and believed when it comes again', () => {
    const { turn } = conversation();
    turn().ofTranscript('What time is it?', 'en');
    turn().ofTranscript('And tomorrow?', 'en');
    expect(turn().ofTranscript('네, 물론이죠.', undefined)).toMatchObject({ language: 'ko', isDoubtful: true });
    expect(turn().ofTranscript('지금 몇 시예요?', undefined)).not.toHaveProperty('isDoubtful');
  });

  it('do not take a second attempt at the same utterance for a second turn', () => {
    const { turn, again } = conversation();
    turn().ofTranscript('What time is it?', 'en');
    turn().ofTranscript('And tomorrow?', 'en');
    again('x').ofTranscript('네, 물론이죠.', undefined);
    expect(again('x').ofTranscript('네, 물론이죠.', undefined).isDoubtful).toBe(true);
  });

  it('are only two while interpreting, and the answer is in the other one', () => {
    const { turn } = conversation({ translation: { languages: ['de', 'en'] } });
    const first = turn(noise(3_000));
    expect(first.ofTranscript('Wo ist der Bahnhof?', undefined)).toMatchObject({ language: 'de' });
    expect(first.ofAnswer('Where is the station?')).toBe('en');
    expect(turn(noise(3_000)).ofTranscript('¿Dónde está la estación?', 'es').isDoubtful).toBe(true);
  });

  it('tell the language of an answer, also where nobody wrote down what was asked', () => {
    const { turn } = conversation({ answerLanguage: 'pt-BR' });
    expect(turn().ofAnswer('Sim, claro. São nove horas.')).toBe('pt-BR');
    expect(conversation().turn().ofAnswer('It is nine o’clock in the morning.')).toBe('en');
    expect(conversation().turn().ofAnswer('')).toBeUndefined();
  });
});
