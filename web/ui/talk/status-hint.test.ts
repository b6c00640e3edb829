import { describe, expect, it } from 'vitest';
import type { JournalHealth } from '../../conversation/ports.ts';
import { IDLE_VIEW, type CallView } from '../../conversation/status.ts';
import { WORDS } from '../words.ts';
import { toStatusHint } from './status-hint.ts';

const DURABLE: JournalHealth = { state: 'durable' };
const MEMORY: JournalHealth = { state: 'memory', problem: { kind: 'storage-full', retry: 'never' } };
const hint = (view: CallView, isAutomatic = true, storage: JournalHealth = DURABLE, isHalfDuplex = false): string =>
  toStatusHint(view, { isAutomatic, storage, isHalfDuplex });
const call = (change: Partial<CallView>): CallView => ({ ...IDLE_VIEW, link: 'online', ...change });

describe('toStatusHint', () => {
  it('promises no more than the browser keeps', () => {
    const reconnecting = call({ status: 'reconnecting', link: 'waiting' });
    expect(hint(reconnecting)).toBe('What you said is kept');
    expect(hint(reconnecting, true, MEMORY)).toBe(WORDS.hints.keptInPage);
  });

  it('says that the line is down while it listens', () => {
    expect(hint(call({ status: 'listening', link: 'waiting' }))).toBe(WORDS.hints.offline);
  });

  it('does not call keeping in memory keeping', () => {
    const offline = hint(call({ status: 'listening', link: 'waiting' }), true, MEMORY);
    expect(offline).toBe(WORDS.hints.offlineInPage);
  });

  it('tells the place in the queue', () => {
    const waiting = (position: number) => call({ status: 'thinking', queued: { position, etaMs: 8_200 } });
    expect(hint(waiting(1))).toBe('You are next, about 8 s');
    expect(hint(waiting(3))).toBe('2 before you, about 8 s');
  });

  it('asks whether that was the person while the answer is held low', () => {
    expect(hint(call({ status: 'speaking', isDucked: true }))).toBe(WORDS.hints.ducked);
  });

  it('says that it listens, and what follows, while the answer is held silent', () => {
    const hushed = hint(call({ status: 'speaking', isDucked: true, isHushed: true }));
    expect(hushed).toBe(WORDS.hints.hushed);
    expect(hushed).toMatch(/^Listening …/);
  });

  it('invites nobody to talk over an answer while the microphone does not count', () => {
    const speaking = call({ status: 'speaking' });
    expect(hint(speaking, true, DURABLE, true)).toBe(WORDS.hints.speakingHalf);
    expect(hint(speaking, false, DURABLE, true)).toBe(WORDS.hints.speakingHold);
    expect(hint(call({ status: 'listening' }), true, DURABLE, true)).toBe(WORDS.hints.listening);
  });

  it('asks whether anybody is still there', () => {
    expect(hint(call({ status: 'listening', isAskingWhoIsThere: true }))).toBe('Still there?');
  });

  it('never forgets to say that the microphone is off', () => {
    for (const status of ['muted', 'thinking', 'speaking'] as const)
      for (const isAutomatic of [true, false])
        expect(hint(call({ status, isMuted: true }), isAutomatic, DURABLE)).toMatch(/microphone is off/);
  });

  it('explains holding only to those who hold', () => {
    for (const status of ['idle', 'listening', 'hearing', 'speaking'] as const)
      expect(hint(call({ status }))).not.toBe(hint(call({ status }), false, DURABLE));
  });
});
