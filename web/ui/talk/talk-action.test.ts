import { describe, expect, it } from 'vitest';
import type { CallView, Status } from '../../conversation/status.ts';
import { toTalkAction, type TalkAction } from './talk-action.ts';

const call = (status: Status, isMuted = status === 'muted'): CallView => ({
  status,
  isMuted,
  link: 'online',
  isDucked: false,
});

describe('toTalkAction', () => {
  const table: [Status, TalkAction, TalkAction][] = [
    ['idle', 'start', 'start'],
    ['connecting', 'none', 'none'],
    ['listening', 'mute', 'hold'],
    ['hearing', 'mute', 'hold'],
    ['thinking', 'interrupt', 'hold'],
    ['speaking', 'interrupt', 'hold'],
    ['muted', 'unmute', 'unmute'],
    ['reconnecting', 'none', 'hold'],
    ['trouble', 'start', 'start'],
  ];

  it.each(table)('while %s: %s when turns are automatic, %s when they are held', (status, automatic, held) => {
    expect(toTalkAction(call(status), true)).toBe(automatic);
    expect(toTalkAction(call(status), false)).toBe(held);
  });

  it('stops an answer rather than hold a muted microphone open', () => {
    expect(toTalkAction(call('speaking', true), false)).toBe('interrupt');
  });
});
