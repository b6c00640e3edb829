import { describe, expect, it } from 'vitest';
import type { JournalHealth } from '../../conversation/ports.ts';
import { IDLE_VIEW, type CallView } from '../../conversation/status.ts';
import { WORDS } from '../words.ts';
import { toStatusHint } from './status-hint.ts';

const DURABLE: JournalHealth = { state: 'durable' };
const MEMORY: JournalHealth = { state: 'memory', problem: { kind: 'storage-full', retry: 'never' } };
const call = (change: Partial<CallView>): CallView => ({ ...IDLE_VIEW, link: 'online', ...change });

describe('toStatusHint', () => {
  it('promises no more than the browser keeps', () => {
    const reconnecting = call({ status: 'reconnecting', link: 'waiting' });
    expect(toStatusHint(reconnecting, true, DURABLE)).toBe('What you said is kept');
    expect(toStatusHint(reconnecting, true, MEMORY)).toBe(WORDS.hints.keptInPage);
  });

  it('says that the line is down while it listens', () => {
    expect(toStatusHint(call({ status: 'listening', link: 'waiting' }), true, DURABLE)).toBe(WORDS.hints.offline);
  });

  it('does not call keeping in memory keeping', () => {
    const offline = toStatusHint(call({ status: 'listening', link: 'waiting' }), true, MEMORY);
    expect(offline).toBe(WORDS.hints.offlineInPage);
  });

  it('tells the place in the queue', () => {
    const waiting = (position: number) => call({ status: 'thinking', queued: { position, etaMs: 8_200 } });
    expect(toStatusHint(waiting(1), true, DURABLE)).toBe('You are next, about 8 s');
    expect(toStatusHint(waiting(3), true, DURABLE)).toBe('2 before you, about 8 s');
  });

  it('asks whether that was the person while the answer is held low', () => {
    expect(toStatusHint(call({ status: 'speaking', isDucked: true }), true, DURABLE)).toBe(WORDS.hints.ducked);
  });

  it('never forgets to say that the microphone is off', () => {
    for (const status of ['muted', 'thinking', 'speaking'] as const)
      for (const isAutomatic of [true, false])
        expect(toStatusHint(call({ status, isMuted: true }), isAutomatic, DURABLE)).toMatch(/microphone is off/);
  });

  it('explains holding only to those who hold', () => {
    for (const status of ['idle', 'listening', 'hearing', 'speaking'] as const)
      expect(toStatusHint(call({ status }), true, DURABLE)).not.toBe(toStatusHint(call({ status }), false, DURABLE));
  });
});
