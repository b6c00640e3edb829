import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { Patience, UPSTREAM_TIMEOUTS } from './patience.ts';

/** A wait that lasts until the budget is spent or `after` has passed. */
function createWaiting(timeouts = UPSTREAM_TIMEOUTS) {
  const clock = new VirtualClock();
  let giveUp: () => void = () => {};
  const patience = new Patience(timeouts, () => giveUp(), clock);
  const wait = (afterMs: number) => {
    const result = patience.during(
      new Promise<string>((resolve, reject) => {
        giveUp = () => reject(new Error('aborted'));
        clock.after(afterMs, () => resolve('came'));
      }),
    );
    clock.advance(afterMs);
    return result;
  };
  return { clock, patience, wait };
}
const problemOf = async (result: Promise<{ ok: boolean; problem?: { kind: string } }>) => (await result).problem?.kind;

describe('patience', () => {
  it('waits eight seconds for the first event and three for the next', async () => {
    const { patience, wait } = createWaiting();
    expect(await wait(7_900)).toEqual({ ok: true, value: 'came' });
    patience.renew(3_000);
    expect(await wait(2_900)).toEqual({ ok: true, value: 'came' });
    patience.renew(3_000);
    expect(await problemOf(wait(3_100))).toBe('upstream-stalled');
    expect(await problemOf(createWaiting().wait(8_100))).toBe('upstream-silent');
  });

  it('does not let bytes that are no event win time', async () => {
    const { wait } = createWaiting();
    for (let i = 0; i < 8; i++) expect((await wait(990)).ok).toBe(true);
    expect(await problemOf(wait(990))).toBe('upstream-silent');
  });

  it('bears an event that takes long to arrive, as long as more of it comes, but not as the first', async () => {
    const { patience, wait } = createWaiting();
    patience.extend();
    expect((await wait(7_000)).ok).toBe(true);
    patience.extend();
    expect(await problemOf(wait(1_100))).toBe('upstream-silent');
    const answering = createWaiting();
    answering.patience.renew(3_000);
    for (let i = 0; i < 5; i++) {
      expect((await answering.wait(2_900)).ok).toBe(true);
      answering.patience.extend();
    }
  });

  it('does not count the time in which nobody asked for more', async () => {
    const { clock, patience, wait } = createWaiting();
    await wait(100);
    patience.renew(3_000);
    clock.advance(600_000);
    expect((await wait(2_000)).ok).toBe(true);
  });

  it('ends an answer that only ever drips', async () => {
    const { patience, wait } = createWaiting();
    let waits = 0;
    while ((await wait(2_000)).ok) {
      patience.renew(3_000);
      waits++;
    }
    expect(waits * 2_000).toBe(UPSTREAM_TIMEOUTS.totalMs);
  });
});
