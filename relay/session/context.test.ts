import { describe, expect, it } from 'vitest';
import { CONTEXT_BUDGET, toContext, type Remembered } from './context.ts';
import { Memory } from './memory.ts';
import type { ContextItem } from '../upstream/upstream.ts';

const BYTES_PER_SECOND = 32_000;
const seconds = (count: number) => new Uint8Array(count * BYTES_PER_SECOND);
const turn = (n: number, more: Partial<Remembered> = {}): Remembered => ({
  utterance: `u${n}`,
  userText: `q${n}`,
  assistantText: `a${n}`,
  ...more,
});

const usersOf = (items: readonly ContextItem[]) => items.filter((item) => item.kind === 'user');
const answersOf = (items: readonly ContextItem[]) =>
  items.flatMap((item) => (item.kind === 'assistant' ? [item.text] : []));

describe('the context window', () => {
  it('sends audio for the newest turns and words for those before', () => {
    const turns = Array.from({ length: 9 }, (_, n) => turn(n, { audio: seconds(2) }));
    const context = toContext(turns);
    expect(context).toHaveLength(18);
    expect(usersOf(context).map(({ audio, text }) => (audio ? 'audio' : text))).toEqual([
      ...['q0', 'q1', 'q2', 'audio', 'audio', 'audio', 'audio', 'audio', 'audio'],
    ]);
    expect(answersOf(context)).toEqual(turns.map((entry) => entry.assistantText));
  });

  it('spends the audio budget newest first at 12.5 tokens a second', () => {
    const budget = { ...CONTEXT_BUDGET, audioTokens: 50 };
    const turns = [turn(0, { audio: seconds(1) }), turn(1, { audio: seconds(2) }), turn(2, { audio: seconds(2) })];
    expect(usersOf(toContext(turns, budget)).map(({ audio }) => audio !== undefined)).toEqual([false, true, true]);
  });

  it('sends the words beside the audio where they are known', () => {
    const [known, unknown] = [turn(0), { utterance: 'u1' }].map((said) => ({ ...said, audio: seconds(1) }));
    expect(usersOf(toContext([known!, unknown!])).map(({ text }) => text)).toEqual(['q0', undefined]);
  });

  it('drops the oldest turns beyond the token budget', () => {
    const turns = Array.from({ length: 20 }, (_, n) => turn(n, { userText: 'x'.repeat(300), assistantText: '' }));
    expect(toContext(turns, { ...CONTEXT_BUDGET, tokens: 1_000 })).toHaveLength(10);
  });

  it('counts scripts without spaces by the character', () => {
    const turns = Array.from({ length: 20 }, (_, n) => turn(n, { userText: '水'.repeat(100), assistantText: '' }));
    expect(toContext(turns, { ...CONTEXT_BUDGET, tokens: 1_000 })).toHaveLength(10);
  });

  it('puts a neutral word where neither sound nor words are left', () => {
    expect(toContext([{ utterance: 'u', assistantText: 'At noon.' }])).toEqual([
      { kind: 'user', text: '(spoken message)' },
      { kind: 'assistant', text: 'At noon.' },
    ]);
  });

  it('leaves out an answer of which nothing was heard', () => {
    expect(toContext([turn(0, { assistantText: '' })])).toEqual([{ kind: 'user', text: 'q0' }]);
  });
});

describe('the memory of a conversation', () => {
  it('asks for the audio of the turns inside the window only', () => {
    const memory = new Memory();
    memory.adopt(
      Array.from({ length: 8 }, (_, n) => ({ utterance: `u${n}` })),
      new Set(),
    );
    expect(memory.missingAudio()).toEqual(['u2', 'u3', 'u4', 'u5', 'u6', 'u7']);
    memory.hear('u7', seconds(1));
    expect(memory.missingAudio()).not.toContain('u7');
  });

  it('lets go of audio that has left the window', () => {
    const memory = new Memory();
    for (let n = 0; n < 10; n++) memory.hear(`u${n}`, seconds(1));
    expect([0, 2, 3, 9].map((n) => memory.get(`u${n}`)?.audio !== undefined)).toEqual([false, false, true, true]);
  });

  it('takes the words of the browser, keeps its own audio and forgets what the browser deleted', () => {
    const memory = new Memory();
    memory.hear('u1', seconds(1));
    memory.hear('u2', seconds(1));
    memory.hear('u3', seconds(1));
    memory.adopt([{ utterance: 'u2', user: 'hi', assistant: 'hello', interrupted: true }], new Set(['u3']));
    expect(memory.has('u1')).toBe(false);
    expect(memory.get('u2')).toMatchObject({ userText: 'hi', assistantText: 'hello', audio: seconds(1) });
    expect(memory.has('u3')).toBe(true);
  });

  it('cuts an answer to what was heard, of the right attempt only', () => {
    const memory = new Memory();
    memory.hear('u1', seconds(1));
    memory.answer('u1', { attempt: 2, text: 'High water is at noon.', samples: 100 }, 'When?');
    memory.cut('u1', 1, 0);
    expect(memory.get('u1')?.assistantText).toBe('High water is at noon.');
    memory.cut('u1', 2, 50);
    expect(memory.get('u1')).toMatchObject({ userText: 'When?', assistantText: 'High water' });
  });

  it('answers an utterance with what came before it, even when it is asked again later', () => {
    const memory = new Memory();
    for (const n of [1, 2, 3]) {
      memory.hear(`u${n}`, seconds(1));
      memory.answer(`u${n}`, { attempt: 1, text: `a${n}`, samples: 1 }, '');
    }
    expect(answersOf(memory.contextOf('u2'))).toEqual(['a1']);
    expect(answersOf(memory.contextOf('new'))).toEqual(['a1', 'a2', 'a3']);
  });
});
