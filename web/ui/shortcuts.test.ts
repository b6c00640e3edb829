import { describe, expect, it } from 'vitest';
import type { Status } from '../conversation/status.ts';
import { toShortcut, type KeyPress } from './shortcuts.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  phase: 'down',
  key,
  isRepeat: false,
  hasModifier: false,
  target: 'page',
  isCovered: false,
  ...more,
});

describe('toShortcut', () => {
  it('talks while the space bar is held in a call, and once only however long it repeats', () => {
    expect(toShortcut(press(' '), 'listening', false)).toBe('talk-down');
    expect(toShortcut(press(' ', { isRepeat: true }), 'hearing', true)).toBe('swallow');
    expect(toShortcut(press(' ', { phase: 'up' }), 'hearing', true)).toBe('talk-up');
  });

  it('ends the turn even when the key is let go over a field or a sheet', () => {
    expect(toShortcut(press(' ', { phase: 'up', target: 'field', isCovered: true }), 'hearing', true)).toBe('talk-up');
  });

  it('starts a call with the space bar, but leaves the focused talk control to be pressed by it', () => {
    expect(toShortcut(press(' '), 'idle', false)).toBe('start');
    expect(toShortcut(press(' '), 'trouble', false)).toBe('start');
    expect(toShortcut(press(' ', { target: 'talk' }), 'idle', false)).toBeUndefined();
    expect(toShortcut(press(' ', { target: 'talk' }), 'listening', false)).toBe('talk-down');
  });

  it('presses other buttons with the space bar as everywhere', () => {
    expect(toShortcut(press(' ', { target: 'control' }), 'listening', false)).toBeUndefined();
  });

  it.each(['thinking', 'speaking'] as const)('stops the answer with Escape while %s', (status) => {
    expect(toShortcut(press('Escape'), status, false)).toBe('interrupt');
  });

  it.each(['idle', 'listening', 'hearing', 'muted'] as const)('leaves Escape alone while %s', (status) => {
    expect(toShortcut(press('Escape'), status, false)).toBeUndefined();
  });

  it('mutes with m in a call only, once per press', () => {
    expect(toShortcut(press('m'), 'speaking', false)).toBe('toggle-mute');
    expect(toShortcut(press('M'), 'muted', false)).toBe('toggle-mute');
    expect(toShortcut(press('m', { isRepeat: true }), 'muted', false)).toBeUndefined();
    expect(toShortcut(press('m'), 'idle', false)).toBeUndefined();
  });

  it.each([' ', 'm', 'Escape'])('takes no %j from a field, from a sheet or with a modifier', (key) => {
    const status: Status = 'speaking';
    expect(toShortcut(press(key, { target: 'field' }), status, false)).toBeUndefined();
    expect(toShortcut(press(key, { isCovered: true }), status, false)).toBeUndefined();
    expect(toShortcut(press(key, { hasModifier: true }), status, false)).toBeUndefined();
  });
});
