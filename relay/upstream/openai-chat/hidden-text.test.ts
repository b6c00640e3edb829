import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ToolCall } from '../upstream.ts';
import { HiddenText, type Words } from './hidden-text.ts';

function readAll(text: string, sizes: readonly number[]): (Words | ToolCall)[] {
  const hidden = new HiddenText();
  const seen: (Words | ToolCall)[] = [];
  let at = 0;
  for (let i = 0; at < text.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    seen.push(...hidden.push(text.slice(at, at + size)));
    at += size;
  }
  return [...seen, ...hidden.flush()];
}

const see = (text: string, sizes = [text.length]): string =>
  readAll(text, sizes)
    .map((event) => (event.kind === 'text' ? event.text : ''))
    .join('');

const callsIn = (text: string, sizes = [text.length]) =>
  readAll(text, sizes).flatMap((event) => (event.kind === 'tool-call' ? [[event.name, event.arguments]] : []));

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
    expect(hidden.push('Yes, <')).toEqual([{ kind: 'text', text: 'Yes, ' }]);
    expect(hidden.push('b>bold')).toEqual([{ kind: 'text', text: '<b>bold' }]);
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

describe('a call among the words', () => {
  it('is given as soon as its block is closed, between the words around it', () => {
    const hidden = new HiddenText();
    expect(hidden.push('Wait.<tool_call>{"name": "look", "argu').map(({ kind }) => kind)).toEqual(['text']);
    expect([hidden.hasCall, hidden.isHiding]).toEqual([true, true]);
    const [call, ...rest] = hidden.push('ments": {}}</tool_call> Done.');
    expect(call).toEqual({ kind: 'tool-call', callId: expect.stringMatching(/^call_/), name: 'look', arguments: '{}' });
    expect(rest).toEqual([{ kind: 'text', text: ' Done.' }]);
    expect(hidden.isHiding).toBe(false);
  });

  it('counts too when its block is never closed, and not when it is only thought of', () => {
    expect(callsIn('<tool_call>{"name": "a", "arguments": {"n": 1}}')).toEqual([['a', '{"n":1}']]);
    expect(callsIn('<think><tool_call>{"name": "a"}</tool_call></think>No.')).toEqual([]);
  });

  it('is found whole wherever the stream is cut, whatever its arguments are, and is never shown', () => {
    // Markup in the arguments themselves is more than any server can tell from the real one.
    const text = fc.string({ unit: 'grapheme' }).map((words) => words.replaceAll('<', ''));
    const argument = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text));
    const calls = fc.record({ name: fc.stringMatching(/^[a-z_]{1,12}$/), arguments: fc.dictionary(text, argument) });
    const block = fc.constantFrom('tool_call', 'function_call');
    const part = fc.tuple(text, calls, block);
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), sizes, (parts, by) => {
        const stream = parts
          .map(([words, call, name]) => `${words}<${name}>\n${JSON.stringify(call)}\n</${name}>`)
          .join('');
        expect(see(stream, by)).toBe(parts.map(([words]) => words).join(''));
        expect(callsIn(stream, by)).toEqual(parts.map(([, call]) => [call.name, JSON.stringify(call.arguments)]));
      }),
    );
  });
});
