import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallPieces, type CallPiece } from './call-pieces.ts';

const piece = (index: number | undefined, id: string | undefined, name?: string, written?: string): CallPiece => ({
  index,
  id,
  function: { name, arguments: written },
});
const asPairs = (calls: readonly { name: string; arguments: string }[]) =>
  calls.map(({ name, arguments: written }) => [name, written]);

describe('calls in pieces', () => {
  it('are whole with the last brace of their arguments', () => {
    const calls = new CallPieces();
    expect(calls.push([piece(0, 'c1', 'look', '')])).toEqual([]);
    expect(calls.push([piece(0, undefined, undefined, '{"at": {"x"')])).toEqual([]);
    expect([calls.hasBegun, calls.isOpen]).toEqual([true, true]);
    expect(calls.push([piece(0, undefined, undefined, ': 1}}')])).toEqual([
      { kind: 'tool-call', callId: 'c1', name: 'look', arguments: '{"at": {"x": 1}}' },
    ]);
    expect(calls.isOpen).toBe(false);
    expect(calls.flush()).toEqual([]);
  });

  it('are told apart by their index, else by their ids and names, and get an id where they have none', () => {
    const calls = new CallPieces();
    const given = calls.push([
      piece(undefined, undefined, 'a', '{"n": 1}'),
      piece(undefined, undefined, 'b', '{"n": 2}'),
      piece(undefined, 'c3', 'c', '{"n"'),
      piece(undefined, undefined, undefined, ': 3}'),
    ]);
    expect(asPairs(given)).toEqual([
      ['a', '{"n": 1}'],
      ['b', '{"n": 2}'],
      ['c', '{"n": 3}'],
    ]);
    expect(new Set(given.map(({ callId }) => callId)).size).toBe(3);
    expect(given.every(({ callId }) => callId !== '')).toBe(true);
  });

  it('without arguments wait for what follows: some servers begin every call like that', () => {
    const calls = new CallPieces();
    expect(calls.push([piece(0, 'c1', 'a', '{}')])).toEqual([]);
    expect(asPairs(calls.push([piece(1, 'c2', 'b', '')]))).toEqual([['a', '{}']]);
    expect(asPairs(calls.flush())).toEqual([['b', '{}']]);
  });

  it('are given at the end even when they are faulty, and not when they have no name', () => {
    const calls = new CallPieces();
    calls.push([piece(0, 'c1', 'a', '{"at": '), piece(1, 'c2', undefined, '{"n": 1}')]);
    expect(asPairs(calls.flush())).toEqual([['a', '{"at": ']]);
  });

  it('may give their arguments as an object', () => {
    const whole = { index: 0, id: 'c1', function: { name: 'a', arguments: { n: 1 } } };
    expect(asPairs(new CallPieces().push([whole]))).toEqual([['a', '{"n":1}']]);
  });

  it('are given once each and whole, in their order, however they are cut', () => {
    const call = fc.record({
      name: fc.stringMatching(/^[a-z]{1,8}$/),
      written: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 4 }), fc.integer({ min: 1, max: 9 }), (wanted, size) => {
        const calls = new CallPieces();
        const given = wanted.flatMap(({ name, written }, i) => [
          ...calls.push([piece(i, `c${i}`, name)]),
          ...(written.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).flatMap((part) =>
            calls.push([piece(i, undefined, undefined, part)]),
          ),
        ]);
        given.push(...calls.flush());
        expect(asPairs(given)).toEqual(wanted.map(({ name, written }) => [name, written]));
      }),
    );
  });
});
