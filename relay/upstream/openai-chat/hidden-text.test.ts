import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HiddenText } from './hidden-text.ts';

function see(text: string, sizes: readonly number[] = [text.length]): string {
  const hidden = new HiddenText();
  let seen = '';
  let at = 0;
  for (let i = 0; at < text.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    seen += hidden.push(text.slice(at, at + size));
    at += size;
  }
  return seen + hidden.flush();
}

describe('hidden text', () => {
  it.each([
    ['thoughts', '<think>Hm. 2 < 3.</think>Five.', 'Five.'],
    ['tool calls', 'Wait.<tool_call>{"name":"x"}</tool_call> Done.', 'Wait. Done.'],
    ['several blocks', '<think>a</think>b<thinking>c</thinking>d<function_call>e</function_call>', 'bd'],
    ['a block that never ends', 'Yes.<think>and so on', 'Yes.'],
    ['tags inside of another', '<think><tool_call></think>x', 'x'],
    ['nothing where there are only other tags', 'a < b and <b>c</b> <thin', 'a < b and <b>c</b> <thin'],
  ])('leaves out %s', (_, text, seen) => {
    expect(see(text)).toBe(seen);
    expect(see(text, [1])).toBe(seen);
  });

  it('holds back no more than may be a tag', () => {
    const hidden = new HiddenText();
    expect(hidden.push('Yes, <')).toBe('Yes, ');
    expect(hidden.push('b>bold')).toBe('<b>bold');
  });

  it('is the same however the text comes, and is everything where nothing is hidden', () => {
    const parts = fc.constantFrom(
      '<',
      '>',
      '/',
      'think',
      '<think>',
      '</think>',
      '<tool_call>',
      '</tool_call>',
      'a ',
      '字',
    );
    const texts = fc.array(parts, { maxLength: 40 }).map((list) => list.join(''));
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(texts, sizes, (text, by) => see(text, by) === see(text)));
    fc.assert(fc.property(fc.string(), (text) => text.includes('<') || see(text) === text));
  });
});
