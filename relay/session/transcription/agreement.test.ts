import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Agreement } from './agreement.ts';

const offerAll = (...hypotheses: string[]) => {
  const agreement = new Agreement();
  return hypotheses.map((hypothesis) => agreement.offer(hypothesis));
};

describe('local agreement', () => {
  it('holds stable what two hypotheses in a row say', () => {
    expect(offerAll('turn the', 'turn the lie', 'turn the lights', 'turn the lights off')).toEqual([
      { stable: '', tentative: 'turn the' },
      { stable: 'turn the', tentative: ' lie' },
      { stable: 'turn the', tentative: ' lights' },
      { stable: 'turn the lights', tentative: ' off' },
    ]);
  });

  it('holds stable the characters of a script without spaces', () => {
    expect(offerAll('今天天', '今天天气怎', '今天天气怎么样').at(-1)).toEqual({
      stable: '今天天气怎',
      tentative: '么样',
    });
  });

  it('does not take a guessed end of sentence into what is stable', () => {
    expect(offerAll('Turn it.', 'turn it.', 'Turn it off.')).toEqual([
      { stable: '', tentative: 'Turn it.' },
      { stable: 'turn it', tentative: '' },
      { stable: 'turn it', tentative: ' off.' },
    ]);
  });

  it('never takes back a word a later hypothesis hears otherwise, and goes on behind it', () => {
    const [, , changed, longer] = offerAll(
      'play the whole',
      'play the whole',
      'play the hole now',
      'play the hole now please',
    );
    expect(changed).toEqual({ stable: 'play the whole', tentative: ' now' });
    expect(longer).toEqual({ stable: 'play the whole now', tentative: ' please' });
  });

  it('shows nothing new for a hypothesis that hears less', () => {
    expect(offerAll('one two three', 'one two three', '').at(-1)).toEqual({ stable: 'one two three', tentative: '' });
  });

  it('previews a hypothesis that is still being written once it says more', () => {
    const agreement = new Agreement();
    agreement.offer('one two');
    agreement.offer('one two three four');
    expect(agreement.preview('one two three four')).toBeUndefined();
    expect(agreement.preview('one two three four five')).toEqual({ stable: 'one two', tentative: ' three four five' });
    expect(agreement.understanding).toEqual({ stable: 'one two', tentative: ' three four' });
  });

  it('keeps what was stable as the beginning of what is stable, whatever is offered', () => {
    const word = fc.constantFrom('turn', 'Turn', 'the', 'lights', 'light,', 'off.', '灯', '开。', 'ไฟ', '—');
    const hypothesis = fc
      .array(word, { maxLength: 8 })
      .chain((words) => fc.constantFrom(words.join(' '), words.join('')));
    fc.assert(
      fc.property(fc.array(hypothesis, { maxLength: 12 }), (hypotheses) => {
        const agreement = new Agreement();
        let before = '';
        for (const offered of hypotheses) {
          const { stable } = agreement.offer(offered);
          expect(stable.startsWith(before)).toBe(true);
          before = stable;
        }
      }),
    );
  });

  it('holds all but the last words of an utterance that grows a word at a time', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 2, maxLength: 12 }), (words) => {
        const agreement = new Agreement();
        for (let n = 1; n <= words.length; n++) agreement.offer(words.slice(0, n).join(' '));
        const { stable, tentative } = agreement.understanding;
        expect(stable).toBe(words.slice(0, -1).join(' '));
        expect(stable + tentative).toBe(words.join(' '));
      }),
    );
  });
});
