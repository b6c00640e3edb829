import { beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '#protocol';
import { settle, Speaker } from './testing/speaker.ts';
import { Stage } from './testing/stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const configure = (settings: Settings) => stage.receive({ type: 'configure', settings });

async function exchange(utterance: string, handle: number, said: string, answer: string): Promise<void> {
  await stage.ask(new Speaker(utterance, handle));
  stage.upstream.last.push({ kind: 'transcript', text: said }).text(answer).audio(100).end();
  await settle();
}

describe('a conversation in several languages', () => {
  it('tells the language of what was said and of the answer, without a gap in the numbers', async () => {
    await exchange('u1', 1, 'Wie ist das Wetter heute?', 'Today it will be sunny and warm.');
    expect(stage.peer.all('reply').map(({ n, part }) => [n, part.kind])).toEqual([
      [0, 'started'],
      [1, 'transcript'],
      [2, 'text'],
      [3, 'audio-started'],
    ]);
    expect(stage.peer.all('reply')[1]?.part).toMatchObject({ language: 'de' });
    expect(stage.peer.last('final')).toMatchObject({ count: 5, language: 'en' });
  });

  it('believes an upstream that says itself which language it heard', async () => {
    await stage.ask(new Speaker('u1', 1));
    stage.upstream.last.push({ kind: 'transcript', text: 'Ja, natürlich.', language: 'gsw' });
    await settle();
    expect(stage.peer.last('reply')?.part).toMatchObject({ kind: 'transcript', language: 'gsw' });
  });

  it('is given the language to answer in from the next turn on', async () => {
    await exchange('u1', 1, 'Hello there.', 'Hello.');
    configure({ answerLanguage: 'fr' });
    await exchange('u2', 2, 'And now?', 'Et maintenant ?');
    const [first, second] = stage.upstream.answers.map(({ turn }) => turn.settings.systemPrompt);
    expect(first).not.toContain('French');
    expect(second).toContain('Always answer in French');
    expect(stage.upstream.last.context).toHaveLength(2);
  });

  it('forgets while it interprets, and remembers again afterwards', async () => {
    await exchange('u1', 1, 'Hello there.', 'Hello.');
    configure({ translation: { languages: ['de', 'en'] } });
    await exchange('u2', 2, 'Wo ist der Bahnhof?', 'Where is the station?');
    expect(stage.upstream.last.context).toEqual([]);
    expect(stage.upstream.last.turn.settings.systemPrompt).toMatch(
      /^You are an interpreter between German and English/,
    );
    expect(stage.peer.last('final')).toMatchObject({ language: 'en' });
    configure({});
    await exchange('u3', 3, 'Thank you.', 'You are welcome.');
    expect(stage.upstream.last.context).toHaveLength(4);
  });

  it('marks words that nobody can have said, and answers all the same', async () => {
    configure({ translation: { languages: ['de', 'en'] } });
    await exchange('u1', 1, '시청해 주셔서 감사합니다.', 'Thank you for watching.');
    const transcript = stage.peer.all('reply').find(({ part }) => part.kind === 'transcript');
    expect(transcript?.part).toMatchObject({ language: 'ko', isDoubtful: true });
    expect(stage.peer.last('final')).toBeDefined();
  });
});
