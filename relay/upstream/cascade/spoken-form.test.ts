import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSpokenForm } from './spoken-form.ts';

describe('the spoken form', () => {
  it.each([
    [
      'plain text',
      'It costs $5, about 3.5 % more than A*B or snake_case.',
      'It costs $5, about 3.5 % more than A*B or snake_case.',
    ],
    ['emphasis', 'That is **very** *important*, __really__ _so_ ~~not~~.', 'That is very important, really so not.'],
    ['emphasis cut in two', '**This begins here.', 'This begins here.'],
    ['headings and quotes', '## The plan\n> He said so', 'The plan. He said so'],
    ['lists', '- Two eggs\n* Some flour;\n+ [x] Sugar\n1. Mix', 'Two eggs. Some flour; Sugar. 1. Mix'],
    ['inline code', 'Call `npm run build` first.', 'Call npm run build first.'],
    ['links', 'See [the manual](https://example.org/a?b=c "Title") now.', 'See the manual now.'],
    ['pictures', 'Look: ![a cat](cat.png)!', 'Look: a cat!'],
    [
      'addresses',
      'Go to https://www.example.org/path/to?x=1#y, or <http://test.example:8080>.',
      'Go to example.org, or test.example.',
    ],
    ['an address at the end', 'It is at https://example.org/a.b.', 'It is at example.org.'],
    ['an address with a query only', 'It is at https://example.org?a=b.', 'It is at example.org.'],
    ['tables', '| Day | Sun |\n|---|:-:|\n| Monday | 5 h |', 'Day, Sun. Monday, 5 h'],
    ['rules', 'One.\n---\n***\nTwo.', 'One. Two.'],
    ['HTML', 'A<br>B <b>bold</b> 1 < 2 > 0', 'AB bold 1 < 2 > 0'],
    ['pictographs', 'Great 👍🏽 job 👩‍👩‍👧 in 🇫🇷!', 'Great job in !'],
    ['escapes', 'Not \\*bold\\* here', 'Not bold here'],
    ['a product of numbers', '3 * 4 is 12', '3 * 4 is 12'],
    ['Japanese', '**今日**は`晴れ`です。', '今日は晴れです。'],
    ['a block of code', '```js\nfoo();\n```\n', ''],
    ['nothing to say', '🙂 —\n---', ''],
  ])('of %s', (_, text, spoken) => {
    expect(toSpokenForm(text)).toBe(spoken);
  });

  it('of anything has words or is empty, holds no line ends, and is its own spoken form where it is only words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const spoken = toSpokenForm(text);
        expect(spoken === '' || /[\p{L}\p{N}]/u.test(spoken)).toBe(true);
        expect(spoken).not.toMatch(/[\n\r]/);
      }),
    );
    const words = fc.array(fc.stringMatching(/^[a-zA-Zäéñ]{1,9}$/), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(words, (list) => toSpokenForm(list.join(' ')) === list.join(' ')));
  });

  it('takes no more time for hostile text than for any other', () => {
    const startedMs = performance.now();
    for (const part of ['[', '![](', '<a', '*_', 'https://', '| ', '(((', '`'])
      toSpokenForm(part.repeat(20_000 / part.length));
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
