import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextItem } from '../upstream.ts';
import { Told } from './told.ts';

const heard = (n: number): ContextItem => ({ kind: 'user', audio: Uint8Array.of(n, 0) });
const said = (text: string): ContextItem => ({ kind: 'assistant', text });
const call: ContextItem = { kind: 'tool-call', callId: 'c1', name: 'look', arguments: '{}' };
const result: ContextItem = { kind: 'tool-result', callId: 'c1', output: '12' };
const turnOf = (items: readonly ContextItem[]) => ({ settings: {}, items });

describe('what a server has been told', () => {
  it('agrees with a turn that goes on from its own end, and finds what is new there', () => {
    const answers = fc.array(fc.constantFrom('Yes.', 'No.'), { maxLength: 6 });
    fc.assert(
      fc.property(answers, fc.nat(6), fc.nat(12), (texts, open, kept) => {
        const items = texts.flatMap((text, n) => [heard(n), said(text)]);
        const told = new Told({ settings: {} }, items.slice(0, 2 * open));
        told.add(items.slice(2 * open));
        const end = items.slice(Math.max(0, items.length - kept));
        expect(told.newsOf(turnOf([...end, heard(9)]))).toEqual(end.length > 0 ? [heard(9)] : undefined);
        expect(told.newsOf(turnOf([...end, heard(9), said('More.'), heard(8)]))).toBeUndefined();
        if (end.length === 0) return;
        expect(told.newsOf(turnOf([...end.slice(0, -1), said('Cut'), heard(9)]))).toBeUndefined();
      }),
    );
  });

  it('goes on from its own calls with what the tools have told', () => {
    const told = new Told({ settings: {} });
    told.add([heard(1), said('Let me look.'), call]);
    expect(told.newsOf(turnOf([heard(1), said('Let me look.'), call, result]))).toEqual([result]);
    expect(told.newsOf(turnOf([heard(1), call, result]))).toBeUndefined();
  });

  it('does not mind a turn whose sound has become words meanwhile, nor how the words are spaced', () => {
    const told = new Told({ settings: { voice: 'a' } });
    told.add([heard(1), said('One,  two. ')]);
    const items = [{ kind: 'user', text: 'Count!' } as const, said('One, two.'), heard(2)];
    expect(told.newsOf({ settings: { voice: 'a' }, items })).toEqual([heard(2)]);
  });

  it('is of no use to a session that is to be set up otherwise', () => {
    const told = new Told({ settings: { voice: 'a' } });
    told.add([heard(1), said('')]);
    const items = [heard(1), heard(2)];
    expect(told.newsOf({ settings: { voice: 'a' }, items, tools: [], toolChoice: 'auto' })).toEqual([heard(2)]);
    for (const change of [
      { settings: {} },
      { tools: [{ name: 'look' }] },
      { toolChoice: 'none' as const },
      { isSilent: true },
    ])
      expect(told.newsOf({ settings: { voice: 'a' }, items, ...change })).toBeUndefined();
  });
});
