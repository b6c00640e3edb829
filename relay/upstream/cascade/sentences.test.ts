import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sentences } from './sentences.ts';

function cut(text: string, sizes: readonly number[] = [text.length]): string[] {
  const sentences = new Sentences();
  const pieces: string[] = [];
  let at = 0;
  for (let i = 0; at < text.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    pieces.push(...sentences.push(text.slice(at, at + size)));
    at += size;
  }
  return [...pieces, ...sentences.flush()];
}
const trimmed = (text: string) => cut(text).map((piece) => piece.trim());

describe('sentences', () => {
  it.each([
    [
      'English',
      'I see. That is a good question to ask! Shall we look at it?',
      ['I see.', 'That is a good question to ask!', 'Shall we look at it?'],
    ],
    [
      'titles and initials',
      'Dr. J. R. Smith met Mrs. Jones at 5 p.m. in St. Louis. They talked for hours.',
      ['Dr. J. R. Smith met Mrs. Jones at 5 p.m. in St. Louis.', 'They talked for hours.'],
    ],
    [
      'numbers',
      'Pi is about 3.14159 today. It cost $1.50 in the U.S. market. Version 2.0.1 is out now.',
      ['Pi is about 3.14159 today.', 'It cost $1.50 in the U.S. market.', 'Version 2.0.1 is out now.'],
    ],
    [
      'a no that is a word, and one that is a number',
      'No. That is see page No. 5 of the book. It is there.',
      ['No.', 'That is see page No. 5 of the book.', 'It is there.'],
    ],
    [
      'German',
      'Am 3. Oktober ist z. B. frei. Das gilt bzw. galt für ca. drei Jahre. Alles klar soweit?',
      ['Am 3. Oktober ist z. B. frei.', 'Das gilt bzw. galt für ca. drei Jahre.', 'Alles klar soweit?'],
    ],
    [
      'French',
      'M. Dupont habite ici depuis longtemps. « Vraiment ? » demanda-t-elle. Oui, c’est vrai !',
      ['M. Dupont habite ici depuis longtemps.', '« Vraiment ? » demanda-t-elle.', 'Oui, c’est vrai !'],
    ],
    [
      'Spanish',
      '¿Cómo está usted hoy? ¡Muy bien, gracias! El Sr. García llegó ayer.',
      ['¿Cómo está usted hoy?', '¡Muy bien, gracias!', 'El Sr. García llegó ayer.'],
    ],
    [
      'Italian',
      'Il sig. Rossi è arrivato stamattina. Ha portato pane, vino, ecc. per tutti. Che bello!',
      ['Il sig. Rossi è arrivato stamattina.', 'Ha portato pane, vino, ecc. per tutti.', 'Che bello!'],
    ],
    [
      'Japanese',
      'はい。今日は天気がとてもいいですね。「散歩に行きましょう。」と彼は言った。',
      ['はい。', '今日は天気がとてもいいですね。', '「散歩に行きましょう。」', 'と彼は言った。'],
    ],
    [
      'Chinese',
      '你好！今天天气很好，我们去公园吧。你觉得怎么样？',
      ['你好！', '今天天气很好，我们去公园吧。', '你觉得怎么样？'],
    ],
    ['Hindi', 'नमस्ते। आज मौसम बहुत अच्छा है। चलिए बाहर चलते हैं।', ['नमस्ते।', 'आज मौसम बहुत अच्छा है।', 'चलिए बाहर चलते हैं।']],
    [
      'ellipses',
      'Well... that depends on you. Wait… Something is moving over there!',
      ['Well... that depends on you.', 'Wait… Something is moving over there!'],
    ],
    [
      'quotes',
      'She said: "Go home." Then she left the room. "Why?" he asked.',
      ['She said: "Go home."', 'Then she left the room.', '"Why?" he asked.'],
    ],
    [
      'addresses',
      'Yes. Look at www.example.com/a.b?c=d.e for more of it. Or write to me@example.org today.',
      ['Yes.', 'Look at www.example.com/a.b?c=d.e for more of it.', 'Or write to me@example.org today.'],
    ],
    [
      'short ones together, but never the first',
      'Yes. No. Perhaps or not. It does not matter at all.',
      ['Yes.', 'No. Perhaps or not.', 'It does not matter at all.'],
    ],
    [
      'list items by the line',
      'You need:\n1. Two eggs from the shop\n2. Some flour and sugar\n',
      ['You need:', '1. Two eggs from the shop', '2. Some flour and sugar'],
    ],
  ])('are told apart in %s', (_, text, pieces) => {
    expect(trimmed(text)).toEqual(pieces);
  });

  it('begin with a short piece: the first pause that is not too early ends it', () => {
    const text = 'When you look at it from the other side, the whole thing, as far as I know, is round. Yes.';
    expect(trimmed(text)).toEqual([
      'When you look at it from the other side,',
      'the whole thing, as far as I know, is round.',
      'Yes.',
    ]);
    expect(trimmed('Oh, yes, that is quite right, it is.')).toEqual(['Oh, yes, that is quite right,', 'it is.']);
    expect(trimmed('1,000,000 inhabitants live there.')).toHaveLength(1);
  });

  it('are given out with the first letter of the next one, not later', () => {
    const sentences = new Sentences();
    const given: [string, string[]][] = [];
    for (const char of 'Yes. No way is it so.\nGood') given.push([char, sentences.push(char)]);
    const when = given.flatMap(([, pieces], i) => (pieces.length > 0 ? [[i, pieces.join('')]] : []));
    expect(when).toEqual([
      ['Yes. '.length, 'Yes. '],
      ['Yes. No way is it so.\nG'.length - 1, 'No way is it so.\n'],
    ]);
  });

  it('without any mark are cut at a space, and without spaces before they are too long for a voice', () => {
    const words = trimmed('word '.repeat(200));
    expect(Math.max(...words.map(({ length }) => length))).toBeLessThanOrEqual(245);
    for (const piece of words) expect(piece).toMatch(/^(word ?)+$/);
    const signs = cut('字'.repeat(1_000));
    expect(Math.max(...signs.map(({ length }) => length))).toBeLessThanOrEqual(240);
    const pauses = cut('天气很好，'.repeat(100));
    for (const piece of pauses) expect(piece.endsWith('，')).toBe(true);
  });

  it('leave a block of code in one piece', () => {
    const code = '```ts\nconst a = 1. + 2; // Yes. No.\n\nfoo();\n```\n';
    expect(cut(`Like so:\n${code}That is all of it.`)).toEqual(['Like so:\n', code, 'That is all of it.']);
    expect(cut(`Like so:\n${code.slice(0, 30)}`)).toEqual(['Like so:\n', code.slice(0, 30)]);
  });

  const anyText = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '. ',
          '.',
          '! ',
          '? ',
          '\n',
          '```',
          '\n```\n',
          ', ',
          '。',
          '、',
          '」',
          '" ',
          ' ',
          '…',
          'Dr',
          '3',
        ),
        fc.constantFrom('word ', 'Word ', '字', '🙂', 'a', 'B'),
        fc.string({ maxLength: 5, unit: 'grapheme' }),
      ),
      { maxLength: 120 },
    )
    .map((parts) => parts.join(''));

  it('are together the text, whatever it is', () => {
    fc.assert(fc.property(anyText, (text) => cut(text).join('') === text));
  });

  it('are the same however the text comes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(anyText, sizes, (text, by) => cut(text, by).join('\0') === cut(text).join('\0')),
      { numRuns: 500 },
    );
  });

  it('are cut from a long answer, letter by letter, in little time', () => {
    const text = 'This is a sentence of an ordinary length, as models write them. '.repeat(300);
    const startedMs = performance.now();
    expect(cut(text, [1])).toHaveLength(301);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
