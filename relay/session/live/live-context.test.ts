import { describe, expect, it } from 'vitest';
import type { ContextItem } from '../../upstream/upstream.ts';
import { toLiveContext } from './live-context.ts';

const BUDGET = { tokens: 100, audioTokens: 50, audioTurns: 2, audioTokensPerSecond: 12.5 };
const second = new Uint8Array(32_000);
const said = (text?: string): ContextItem => ({ kind: 'user', audio: second, ...(text && { text }) });
const call = (callId: string): ContextItem => ({ kind: 'tool-call', callId, name: 'f', arguments: '{}' });
const result = (callId: string): ContextItem => ({ kind: 'tool-result', callId, output: '1' });
const words = (text: string): ContextItem => ({ kind: 'user', text });
const answer = (text: string): ContextItem => ({ kind: 'assistant', text });

describe('the context of a live conversation', () => {
  it('keeps the sound of the last turns, and words of those before', () => {
    expect(toLiveContext([said('one'), said('two'), said(), said('four')], BUDGET)).toEqual([
      ...[words('one'), said('two'), said(), said('four')],
    ]);
    expect(toLiveContext([said(), said(), said(), said()], BUDGET)[0]).toEqual(words('(spoken message)'));
  });

  it('leaves out what is too old for the budget, but never what is to be answered', () => {
    const long = 'a'.repeat(240);
    expect(toLiveContext([words('old'), answer(long), words(long), words('new')], BUDGET)).toEqual([
      ...[words(long), words('new')],
    ]);
    expect(toLiveContext([words('x'), words('a'.repeat(3_000))], BUDGET)).toHaveLength(2);
  });

  it('keeps the question with all that tools have told since, however long that is', () => {
    const long: ContextItem = { kind: 'tool-result', callId: 'a', output: 'x'.repeat(30_000) };
    const items = [words('Which is it?'), call('a'), call('b'), long, result('b')];
    expect(toLiveContext([words('old '.repeat(200)), answer('x'), ...items], BUDGET).slice(-5)).toEqual(items);
    const question = { kind: 'user', audio: new Uint8Array(32_000 * 130) } as const;
    expect(toLiveContext([question, call('a'), long], BUDGET)[0]).toEqual(question);
  });

  it('tells calls and results only together', () => {
    const items = [call('a'), result('a'), call('b'), words('And?')];
    expect(toLiveContext(items, BUDGET)).toEqual([call('a'), result('a'), words('And?')]);
    const cut = [call('a'), words('b'.repeat(297)), result('a'), words('And?')];
    expect(toLiveContext(cut, BUDGET).map(({ kind }) => kind)).toEqual(['user', 'user']);
  });

  it('always ends with something to be answered', () => {
    for (const items of [[], [{ kind: 'system', text: 'Be brief.' } as const], [words('Hi'), answer('Hello')]]) {
      expect(toLiveContext(items, BUDGET).at(-1)?.kind).toBe('user');
    }
    const noted = [words('Hi'), { kind: 'system', text: 'Be brief.' } as const];
    expect(toLiveContext(noted, BUDGET)).toEqual(noted);
    expect(toLiveContext([call('a'), result('a')], BUDGET).at(-1)).toEqual(result('a'));
  });
});
