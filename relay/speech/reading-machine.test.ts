import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IDLE, stepReading, type ReadingEvent, type ReadingState } from './reading-machine.ts';

const start: ReadingEvent = { type: 'start', text: 'words' };
const problem = { kind: 'upstream-died', retry: 'now' } as const;

/** What is told for each event in turn, and how it ends. */
function play(...events: ReadingEvent[]): {
  told: (string | undefined)[];
  effects: (string | undefined)[];
  state: ReadingState;
} {
  let state = IDLE;
  const told = [];
  const effects = [];
  for (const event of events) {
    const step = stepReading(state, event);
    state = step.state;
    told.push(step.tell?.type);
    effects.push(step.effect);
  }
  return { told, effects, state };
}

describe('the reading machine', () => {
  it('starts, pauses, resumes and completes', () => {
    const { told, effects, state } = play(...([start, { type: 'pause' }, { type: 'resume' }] as const), {
      type: 'ended',
      reading: 1,
      durationMs: 7,
    });
    expect(told).toEqual(['started', 'paused', 'resumed', 'complete']);
    expect(effects).toEqual(['begin', 'hold', 'release', undefined]);
    expect(state).toEqual({ phase: 'idle', reading: 1 });
  });

  it('reads one text at a time, and another after it', () => {
    expect(play(start, start).told).toEqual(['started', 'refused']);
    expect(play(start, { type: 'cancel' }, start).state).toEqual({ phase: 'playing', reading: 2 });
  });

  it('answers the same thing said twice like once', () => {
    expect(play(start, { type: 'pause' }, { type: 'pause' }).told).toEqual(['started', 'paused', 'paused']);
    expect(play(start, { type: 'resume' }).told).toEqual(['started', 'resumed']);
    expect(play({ type: 'cancel' }).told).toEqual(['cancelled']);
    expect(play({ type: 'pause' }).told).toEqual(['refused']);
  });

  it('drops what an earlier text still had to say', () => {
    const ended: ReadingEvent = { type: 'ended', reading: 1, durationMs: 7 };
    expect(play(start, { type: 'cancel' }, ended).told).toEqual(['started', 'cancelled', undefined]);
    expect(play(start, { type: 'cancel' }, start, { type: 'failed', reading: 1, problem }).state.phase).toBe('playing');
  });

  it('ends in a legal state after any events, with one end for each begin', () => {
    const reading = fc.integer({ min: 0, max: 5 });
    const event: fc.Arbitrary<ReadingEvent> = fc.oneof(
      fc.constantFrom<ReadingEvent>(start, { type: 'pause' }, { type: 'resume' }, { type: 'cancel' }, { type: 'ping' }),
      reading.map((n): ReadingEvent => ({ type: 'ended', reading: n, durationMs: 1 })),
      reading.map((n): ReadingEvent => ({ type: 'failed', reading: n, problem })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let state = IDLE;
        for (const next of events) {
          const { state: after, tell, effect } = stepReading(state, next);
          expect(['idle', 'playing', 'paused']).toContain(after.phase);
          expect(after.reading - state.reading).toBe(effect === 'begin' ? 1 : 0);
          // Every command is answered; only news of an earlier text are not.
          const isNews = next.type === 'ended' || next.type === 'failed';
          if (!isNews) expect(tell).toBeDefined();
          if (isNews && (state.phase === 'idle' || next.reading !== state.reading)) expect(after).toBe(state);
          // Whoever was reading is told how it ended.
          if (state.phase !== 'idle' && after.phase === 'idle') {
            expect(['complete', 'cancelled', 'failed']).toContain(tell?.type);
          }
          if (effect === 'hold' || effect === 'release') expect(state.phase).not.toBe('idle');
          state = after;
        }
      }),
    );
  });
});
