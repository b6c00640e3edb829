import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { Admission, type AdmissionLimits, type News } from './admission.ts';
import { choose } from './choose.ts';
import { FairQueue } from './fair-queue.ts';
import type { Server } from './server.ts';
import { serverOn } from './testing/timed-upstream.ts';

let clock: VirtualClock;
let server: Server;
let admission: Admission;
let told: [string, News][];

function open(limits: Partial<AdmissionLimits> = {}, maxConcurrent = 1): void {
  clock = new VirtualClock();
  server = serverOn(clock, { maxConcurrent });
  told = [];
  const groups = [{ name: 'gpu', servers: [server], takesOverflow: false }];
  admission = new Admission(clock, { maxWaiting: 100, maxWaitMs: 60_000, ...limits }, (except) =>
    choose(groups, except),
  );
}
beforeEach(() => open());

const enter = (name: string, conversation = name, isFirst = false) =>
  admission.enter({ conversation, isFirst, except: new Set(), tell: (news) => told.push([name, news]) });
const admitted = () => told.filter(([, { kind }]) => kind === 'admitted').map(([name]) => name);
/** Turns of a given length, one after another, until nobody waits. */
const workOff = (heldMs: number) => {
  while (server.outstanding > 0) {
    clock.advance(heldMs);
    admission.release(server, heldMs);
  }
};

describe('admission', () => {
  it('lets a turn in at once, without a word, while there is room', () => {
    enter('a');
    expect(told).toEqual([['a', { kind: 'admitted', server }]]);
    expect(server.outstanding).toBe(1);
  });

  it('tells place and estimate at once and every two seconds, from what turns have lasted', () => {
    for (let i = 0; i < 40; i++) {
      enter(`earlier ${i}`);
      workOff(1_000);
    }
    enter('a');
    told = [];
    enter('b');
    enter('c');
    expect(
      told.map(([name, news]) => (news.kind === 'queued' ? [name, news.position, Math.round(news.etaMs / 100)] : name)),
    ).toEqual([
      ['b', 1, 10],
      ['c', 2, 20],
    ]);
    clock.advance(6_000);
    expect(told.filter(([name]) => name === 'c')).toHaveLength(4);
  });

  it('goes round the conversations: one that asks ten times does not hold up the others', () => {
    enter('running');
    for (let i = 0; i < 10; i++) enter(`noisy ${i}`, 'noisy');
    enter('b');
    enter('c');
    workOff(1_000);
    expect(admitted().slice(0, 5)).toEqual(['running', 'noisy 0', 'b', 'c', 'noisy 1']);
  });

  it('lets people who are talking go before newcomers', () => {
    enter('running');
    enter('newcomer', 'newcomer', true);
    enter('talking');
    workOff(1_000);
    expect(admitted()).toEqual(['running', 'talking', 'newcomer']);
  });

  it('forgets who leaves the queue', () => {
    enter('running');
    const leave = enter('b');
    enter('c');
    leave();
    workOff(1_000);
    expect(admitted()).toEqual(['running', 'c']);
    clock.advance(10_000);
    expect(told.filter(([name]) => name === 'b')).toHaveLength(1);
  });

  it('sends away at once whoever would wait too long, and says when to come back', () => {
    open({ maxWaitMs: 10_000 });
    enter('running');
    for (let i = 0; i < 4; i++) enter(`${i}`);
    const refused = told.filter(([, { kind }]) => kind === 'refused');
    expect(refused).toEqual([
      [
        '2',
        {
          kind: 'refused',
          problem: expect.objectContaining({ kind: 'upstream-busy', retry: 'later', retryAfterMs: 12_000 }),
        },
      ],
      ['3', { kind: 'refused', problem: expect.objectContaining({ retryAfterMs: 12_000 }) }],
    ]);
  });

  it('keeps no queue longer than its limit, however fast it moves', () => {
    open({ maxWaiting: 3 });
    enter('running');
    for (let i = 0; i < 5; i++) enter(`${i}`);
    expect(told.filter(([, { kind }]) => kind === 'refused').map(([name]) => name)).toEqual(['3', '4']);
  });

  it('does not keep anybody for ever on a wrong estimate', () => {
    open({ maxWaitMs: 10_000 });
    enter('stuck');
    enter('b');
    clock.advance(22_000);
    expect(told.at(-1)).toMatchObject(['b', { kind: 'refused', problem: { kind: 'upstream-busy' } }]);
    expect(admission.waiting).toBe(0);
  });

  it('tells those who wait when the last server has gone', () => {
    enter('running');
    enter('b');
    for (let i = 0; i < 5; i++) server.ended({ kind: 'upstream-died', retry: 'now' });
    clock.advance(2_000);
    expect(told.at(-1)).toMatchObject(['b', { kind: 'refused', problem: { kind: 'upstream-died', retry: 'later' } }]);
  });
});

describe('the queue', () => {
  it('loses nobody, serves nobody twice, and never passes a conversation over for long', () => {
    const waiters = fc.array(fc.record({ conversation: fc.constantFrom('a', 'b', 'c', 'd'), isFirst: fc.boolean() }));
    fc.assert(
      fc.property(waiters, (all) => {
        const queue = new FairQueue<(typeof all)[number]>();
        for (const waiter of all) queue.add(waiter);
        const served: typeof all = [];
        for (let next = queue.inOrder()[0]; next; next = queue.inOrder()[0]) {
          queue.serve(next);
          served.push(next);
        }
        expect(new Set(served).size).toBe(all.length);
        const running = served.filter(({ isFirst }) => !isFirst);
        expect(served.slice(0, running.length)).toEqual(running);
        for (const [i, { conversation }] of running.entries()) {
          const again = running.findIndex((other, j) => j > i && other.conversation === conversation);
          const between = running.slice(i + 1, again < 0 ? i + 1 : again).map((other) => other.conversation);
          expect(new Set(between).size).toBe(between.length);
        }
      }),
    );
  });
});
