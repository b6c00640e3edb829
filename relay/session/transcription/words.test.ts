import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toText, toWords, withoutEnding } from './words.ts';

const textsOf = (text: string) => toWords(text).map(({ text: word }) => word);

describe('the words of a transcript', () => {
  it('are parted by spaces, and keep the marks that cling to them', () => {
    expect(textsOf('Well, turn the "lights" off!')).toEqual(['Well,', 'turn', 'the', '"lights"', 'off!']);
  });

  it('are single characters where a script has no spaces', () => {
    expect(textsOf('今天天气，怎么样？')).toEqual(['今', '天', '天', '气，', '怎', '么', '样？']);
    expect(textsOf('スーパーへ行く')).toEqual(['ス', 'ー', 'パ', 'ー', 'へ', '行', 'く']);
    expect(textsOf('ที่นี่')).toEqual(['ที่', 'นี่']);
  });

  it('of two scripts are told apart without a space between', () => {
    expect(textsOf('打开iPhone的灯')).toEqual(['打', '开', 'iPhone', '的', '灯']);
  });

  it('are the same whatever their case, marks and width', () => {
    const [keys, others] = ['Lights, OFF ＡＢＣ', 'lights off. abc'].map((text) => toWords(text).map(({ key }) => key));
    expect(keys).toEqual(others);
  });

  it('lose the end of a sentence, but never all they have', () => {
    const [word, dash] = toWords('off... —');
    expect(word && withoutEnding(word).text).toBe('off');
    expect(dash && withoutEnding(dash).text).toBe('—');
  });

  it('make up the text again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(toText(toWords(text))).toBe(text.trim());
      }),
    );
  });
});
