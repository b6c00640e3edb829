import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { Playout } from './playout.ts';

describe('the playout', () => {
  it('has heard what a player without a pause would have played', () => {
    const clock = new VirtualClock();
    const playout = new Playout(clock);
    expect([playout.restMs, playout.heardMs]).toEqual([0, 0]);
    playout.sent('a', 1_000);
    clock.advance(300);
    playout.sent('a', 500);
    expect([playout.restMs, playout.heardMs]).toEqual([1_200, 300]);
    clock.advance(2_000);
    expect([playout.restMs, playout.heardMs]).toEqual([0, 1_500]);
  });

  it('waits with the player when sound comes too late', () => {
    const clock = new VirtualClock();
    const playout = new Playout(clock);
    playout.sent('a', 100);
    clock.advance(1_000);
    playout.sent('a', 100);
    clock.advance(50);
    expect(playout.heardMs).toBe(150);
  });

  it('plays the next item behind the one before, and counts it anew', () => {
    const clock = new VirtualClock();
    const playout = new Playout(clock);
    playout.sent('a', 100);
    playout.sent('b', 100);
    clock.advance(150);
    expect([playout.itemId, playout.heardMs]).toEqual(['b', 50]);
  });

  it('tells of every item that is not heard to its end', () => {
    const clock = new VirtualClock();
    const playout = new Playout(clock);
    playout.sent('a', 1_000);
    playout.sent('b', 300);
    playout.sent('c', 500);
    clock.advance(600);
    expect(playout.unheard).toEqual([
      { itemId: 'c', heardMs: 0 },
      { itemId: 'b', heardMs: 0 },
      { itemId: 'a', heardMs: 600 },
    ]);
    clock.advance(900);
    expect(playout.unheard).toEqual([{ itemId: 'c', heardMs: 200 }]);
    clock.advance(900);
    expect(playout.unheard).toEqual([]);
  });

  it('keeps what was heard when it is stopped', () => {
    const clock = new VirtualClock();
    const playout = new Playout(clock);
    playout.sent('a', 1_000);
    clock.advance(400);
    playout.stop();
    clock.advance(400);
    expect([playout.restMs, playout.heardMs]).toEqual([0, 400]);
  });
});
