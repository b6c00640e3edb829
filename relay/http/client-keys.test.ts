import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { ClientKeys } from './client-keys.ts';

const KEY = 'a-key-of-the-relay-1';
const make = (keys: string[], isLoopbackOnly = false) => {
  const clock = new VirtualClock();
  return { clock, keys: new ClientKeys({ keys, isLoopbackOnly, clock }) };
};

describe('client keys', () => {
  it('let in whoever has one of those configured, and nobody else', () => {
    const { keys } = make([KEY, 'another-key-of-ours-2'], true);
    expect([KEY, 'another-key-of-ours-2'].map((key) => keys.check(key))).toEqual([true, true]);
    expect([undefined, '', `${KEY} `, 'a-key', 'ek_'].map((key) => keys.check(key))).toEqual(Array(5).fill(false));
  });

  it('let in everybody while none is configured and nobody can come from elsewhere', () => {
    const { keys } = make([], true);
    expect([keys.check(undefined), keys.check('sk-whatever')]).toEqual([true, true]);
    expect(keys.proves('sk-whatever')).toBe(false);
  });

  it('let in nobody while none is configured and the relay can be reached from elsewhere', () => {
    const { keys } = make([], false);
    expect([keys.check(undefined), keys.check('sk-whatever'), keys.mayMint('sk-whatever')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('secrets', () => {
  it('open as often as one likes until they expire, with the session they were minted for', () => {
    const { keys, clock } = make([KEY]);
    const session = { type: 'realtime' };
    const { value, expiresAt } = keys.mint(60_000, session);
    expect(value).toMatch(/^ek_[0-9a-f]{48}$/);
    expect(Math.abs(expiresAt - (Date.now() / 1000 + 60))).toBeLessThan(2);
    clock.advance(59_999);
    expect([keys.check(value), keys.check(value), keys.proves(value)]).toEqual([true, true, true]);
    expect(keys.take(value)).toBe(session);
    clock.advance(1);
    expect([keys.check(value), keys.proves(value), keys.take(value)]).toEqual([false, false, undefined]);
  });

  it('mint no others', () => {
    const { keys } = make([KEY]);
    expect([keys.mayMint(KEY), keys.mayMint(keys.mint(60_000).value)]).toEqual([true, false]);
  });

  it('give way, the oldest first, when there are too many', () => {
    const { keys } = make([KEY]);
    const first = keys.mint(60_000);
    const second = keys.mint(60_000);
    for (let n = 0; n < 9_999; n++) keys.mint(60_000);
    expect([keys.check(first.value), keys.check(second.value)]).toEqual([false, true]);
  });
});
