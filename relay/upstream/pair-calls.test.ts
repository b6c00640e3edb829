import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairCalls } from './pair-calls.ts';
import type { ContextItem } from './upstream.ts';

const user = (text: string): ContextItem => ({ kind: 'user', text });
const call = (callId: string): ContextItem => ({ kind: 'tool-call', callId, name: 'look', arguments: '{}' });
const result = (callId: string): ContextItem => ({ kind: 'tool-result', callId, output: callId });
const brief = (items: readonly ContextItem[]) =>
  pairCalls(items).map((item) => {
    if (item.kind === 'tool-call') return `call ${item.callId}`;
    return item.kind === 'tool-result' ? `result ${item.callId}` : item.text;
  });

describe('calls and their results', () => {
  it.each<[string, ContextItem[], string[]]>([
    ['are left as they are where they follow each other', [call('a'), result('a')], ['call a', 'result a']],
    [
      'stay together where they were made at once',
      [call('a'), call('b'), result('b'), result('a')],
      ['call a', 'call b', 'result b', 'result a'],
    ],
    [
      'stay apart where the second was made after the first had told',
      [call('a'), result('a'), call('b'), result('b')],
      ['call a', 'result a', 'call b', 'result b'],
    ],
    ['meet behind what was said meanwhile', [call('a'), user('Hurry!'), result('a')], ['Hurry!', 'call a', 'result a']],
    [
      'meet one by one where somebody speaks between them',
      [call('a'), call('b'), result('a'), user('And?'), result('b')],
      ['call a', 'result a', 'And?', 'call b', 'result b'],
    ],
    ['are left out as long as there is no result', [call('a'), user('Hello?')], ['Hello?']],
    ['become a note where there is no call', [result('a')], ['A tool has told: a']],
  ])('%s', (_, items, expected) => {
    expect(brief(items)).toEqual(expected);
  });

  it('are what servers demand, whatever the order, and nothing else is moved or lost', () => {
    const ids = fc.constantFrom('a', 'b', 'c');
    const item = fc.oneof(ids.map(call), ids.map(result), fc.constantFrom('x', 'y').map(user));
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        const paired = pairCalls(items);
        const open = new Set<string>();
        for (const each of paired) {
          if (each.kind === 'tool-call') open.add(each.callId);
          else if (each.kind === 'tool-result') expect(open.delete(each.callId)).toBe(true);
          else expect(open.size).toBe(0);
        }
        expect(open.size).toBe(0);
        const others = (all: readonly ContextItem[]) => all.filter(({ kind }) => kind === 'user');
        expect(others(paired)).toEqual(others(items));
        const last = items.at(-1);
        if (last?.kind === 'user') expect(paired.at(-1)).toEqual(last);
        if (last?.kind === 'tool-result') expect(JSON.stringify(paired.at(-1))).toContain(last.output);
      }),
    );
  });
});
