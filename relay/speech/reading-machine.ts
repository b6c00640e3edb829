import type { UpstreamProblem } from '../upstream/upstream.ts';
import type { ReadCommand } from './reading-protocol.ts';

/** `reading` numbers the texts of one connection: news of an earlier one are dropped. */
export interface ReadingState {
  phase: 'idle' | 'playing' | 'paused';
  reading: number;
}

export type ReadingEvent =
  | ReadCommand
  /** The last sound of a text was sent. */
  | { type: 'ended'; reading: number; durationMs: number }
  | { type: 'failed'; reading: number; problem: UpstreamProblem };

/** What is to be told to the client; the shell adds what only it knows. */
export type Telling =
  | { type: 'started' }
  | { type: 'paused' }
  | { type: 'resumed' }
  | { type: 'cancelled' }
  | { type: 'pong' }
  | { type: 'complete'; durationMs: number }
  | { type: 'refused'; code: 'already-reading' | 'not-reading' }
  | { type: 'failed'; problem: UpstreamProblem };

export type ReadingEffect = 'begin' | 'hold' | 'release' | 'stop';

export interface ReadingStep {
  state: ReadingState;
  tell?: Telling;
  effect?: ReadingEffect;
}

export const IDLE: ReadingState = { phase: 'idle', reading: 0 };

/**
 * One connection that reads texts aloud, one after the other. Saying twice what already holds is answered like the
 * first time, and a cancel that crosses the end of its text is no mistake: only what cannot be meant is refused.
 */
export function stepReading(state: ReadingState, event: ReadingEvent): ReadingStep {
  const { phase, reading } = state;
  switch (event.type) {
    case 'start':
      if (phase !== 'idle') return { state, tell: { type: 'refused', code: 'already-reading' } };
      return { state: { phase: 'playing', reading: reading + 1 }, tell: { type: 'started' }, effect: 'begin' };
    case 'pause':
      if (phase === 'idle') return { state, tell: { type: 'refused', code: 'not-reading' } };
      return { state: { phase: 'paused', reading }, tell: { type: 'paused' }, effect: 'hold' };
    case 'resume':
      if (phase === 'idle') return { state, tell: { type: 'refused', code: 'not-reading' } };
      return { state: { phase: 'playing', reading }, tell: { type: 'resumed' }, effect: 'release' };
    case 'cancel':
      return { state: { phase: 'idle', reading }, tell: { type: 'cancelled' }, effect: 'stop' };
    case 'ping':
      return { state, tell: { type: 'pong' } };
    case 'ended':
      if (isStale(state, event)) return { state };
      return { state: { phase: 'idle', reading }, tell: { type: 'complete', durationMs: event.durationMs } };
    case 'failed':
      if (isStale(state, event)) return { state };
      return { state: { phase: 'idle', reading }, tell: { type: 'failed', problem: event.problem }, effect: 'stop' };
  }
}

const isStale = (state: ReadingState, event: { reading: number }): boolean =>
  state.phase === 'idle' || event.reading !== state.reading;
