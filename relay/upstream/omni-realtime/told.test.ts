import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextTurn } from '../upstream.ts';
import { Told } from './told.ts';

const turnOf = (n: number, text: string): Required<Pick<ContextTurn, 'userAudio' | 'assistantText'>> => ({
  userAudio: Uint8Array.of(n, 0),
  assistantText: text,
});

describe('what a server has been told', () => {
  it('agrees with a context that is its own end, and with nothing else', () => {
    const words = fc.constantFrom('Yes.', 'No.', '');
    const talk = fc.array(fc.tuple(fc.nat(3), words), { maxLength: 6 });
    fc.assert(
      fc.property(talk, talk, fc.nat(6), (before, own, kept) => {
        const turns = [...before, ...own].map(([n, text]) => turnOf(n, text));
        const told = new Told({}, turns.slice(0, before.length));
        for (const { userAudio, assistantText } of turns.slice(before.length)) told.add(userAudio, assistantText);
        const end = turns.slice(Math.max(0, turns.length - kept));
        expect(told.agreesWith({}, end)).toBe(end.length > 0 || turns.length === 0);
        expect(told.agreesWith({}, [...end, turnOf(9, 'More.')])).toBe(false);
        if (end.length > 0) {
          const last = end.at(-1)!;
          expect(told.agreesWith({}, [...end.slice(0, -1), turnOf(9, last.assistantText)])).toBe(false);
          expect(told.agreesWith({}, [...end.slice(0, -1), { ...last, assistantText: 'Cut' }])).toBe(false);
        }
      }),
    );
  });

  it('does not mind a turn whose sound has become words meanwhile, nor how the words are spaced', () => {
    const told = new Told({ voice: 'a' }, []);
    told.add(Uint8Array.of(1, 0), 'One,  two. ');
    expect(told.agreesWith({ voice: 'a' }, [{ userText: 'Count!', assistantText: 'One, two.' }])).toBe(true);
    expect(told.agreesWith({ voice: 'b' }, [{ userText: 'Count!', assistantText: 'One, two.' }])).toBe(false);
  });
});
