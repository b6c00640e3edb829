import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { toUpstreamProblem } from '../problem.ts';
import { choose, type Group } from './choose.ts';
import type { Server } from './server.ts';
import { serverOn } from './testing/timed-upstream.ts';

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock();
});

const named = (name: string, changes = {}) => serverOn(clock, { name, ...changes });
const group = (name: string, servers: Server[], takesOverflow = false): Group => ({ name, servers, takesOverflow });
const chosen = (groups: Group[], except: Server[] = []): string => {
  const choice = choose(groups, new Set(except));
  return choice.kind === 'server' ? choice.server.options.name : choice.kind;
};
const died = toUpstreamProblem('upstream-died', '');
const failTimes = (server: Server, count: number) => Array.from({ length: count }, () => server.ended(died));

describe('within a group', () => {
  it('the server with the fewest turns outstanding is asked, relative to its weight', () => {
    const servers = [named('a', { maxConcurrent: 99 }), named('b', { maxConcurrent: 99, weight: 3 })];
    const count = { a: 0, b: 0 };
    for (let i = 0; i < 40; i++) {
      const choice = choose([group('gpu', servers)], new Set());
      if (choice.kind !== 'server') throw new Error(choice.kind);
      choice.server.outstanding++;
      count[choice.server.options.name as 'a' | 'b']++;
    }
    expect(count).toEqual({ a: 10, b: 30 });
  });

  it('the faster one is asked among equals', () => {
    const [a, b] = [named('a'), named('b')];
    a.began(120);
    b.began(100);
    expect(chosen([group('gpu', [a, b])])).toBe('b');
  });

  it('one that takes three times as long counts as three times as busy', () => {
    const [a, b] = [named('a', { maxConcurrent: 9 }), named('b', { maxConcurrent: 9 })];
    a.began(300);
    b.began(100);
    b.outstanding = 1;
    expect(chosen([group('gpu', [a, b])])).toBe('b');
    b.outstanding = 3;
    expect(chosen([group('gpu', [a, b])])).toBe('a');
  });

  it('what it took is forgotten after a while, so that a slow server gets another chance', () => {
    const [a, b] = [named('a'), named('b')];
    a.began(900);
    b.began(100);
    clock.advance(31_000);
    b.outstanding = 1;
    expect(chosen([group('gpu', [a, b])])).toBe('a');
  });

  it('one that has just failed goes last, for five seconds', () => {
    const [a, b] = [named('a'), named('b')];
    a.ended(died);
    b.outstanding = 1;
    expect(chosen([group('gpu', [a, b])])).toBe('b');
    clock.advance(5_000);
    expect(chosen([group('gpu', [a, b])])).toBe('a');
  });

  it('a full one is passed over, and one that says it is full rests as long as it says', () => {
    const [a, b] = [named('a', { maxConcurrent: 1 }), named('b')];
    a.outstanding = 1;
    b.ended(toUpstreamProblem('upstream-busy', '', 3_000));
    expect(choose([group('gpu', [a, b])], new Set())).toEqual({ kind: 'full', places: 3, restMs: 0 });
    clock.advance(3_000);
    expect(chosen([group('gpu', [a, b])])).toBe('b');
  });
});

describe('down the list', () => {
  it('goes while nobody of the better group is usable, and only then', () => {
    const [gpu, cloud, text] = [named('gpu'), named('cloud'), named('text')];
    const groups = [group('gpu', [gpu]), group('cloud', [cloud]), group('text', [text])];
    expect(chosen(groups)).toBe('gpu');
    gpu.outstanding = 2;
    expect(chosen(groups)).toBe('full');
    gpu.outstanding = 0;
    failTimes(gpu, 5);
    expect(chosen(groups)).toBe('cloud');
    expect(chosen(groups, [cloud])).toBe('text');
    cloud.checked({ state: 'down' });
    expect(chosen(groups)).toBe('text');
  });

  it('takes what overflows where a group is meant to', () => {
    const [gpu, other] = [named('gpu', { maxConcurrent: 1 }), named('other')];
    gpu.outstanding = 1;
    expect(chosen([group('gpu', [gpu]), group('other', [other], true)])).toBe('other');
  });

  it('asks a server whose checks fail when there is nothing else, and none whose breaker is open', () => {
    const gpu = named('gpu');
    gpu.checked({ state: 'down' });
    expect(chosen([group('gpu', [gpu])])).toBe('gpu');
    failTimes(gpu, 5);
    expect(choose([group('gpu', [gpu])], new Set())).toEqual({ kind: 'none', retryAfterMs: 5_000, problem: died });
  });

  it('keeps away from a server that refuses our credentials, and a refused request changes nothing', () => {
    const [gpu, cloud] = [named('gpu'), named('cloud')];
    for (let i = 0; i < 9; i++) gpu.ended(toUpstreamProblem('upstream-rejected', ''));
    expect(gpu.condition).toBe('ready');
    gpu.ended(toUpstreamProblem('upstream-unauthorised', ''));
    expect(gpu.breaker.state).toBe('closed');
    expect(chosen([group('gpu', [gpu]), group('cloud', [cloud])])).toBe('cloud');
  });
});

describe('back up the list', () => {
  const down = (server: Server) => [1, 2].forEach(() => server.checked({ state: 'down' }));

  it('goes five seconds after the better server is back', () => {
    const [gpu, cloud] = [named('gpu'), named('cloud')];
    const groups = [group('gpu', [gpu]), group('cloud', [cloud])];
    gpu.checked({ state: 'up' });
    gpu.checked({ state: 'down' });
    expect(chosen(groups)).toBe('gpu');
    gpu.checked({ state: 'down' });
    expect(chosen(groups)).toBe('cloud');
    gpu.checked({ state: 'up' });
    clock.advance(4_999);
    expect(chosen(groups)).toBe('cloud');
    clock.advance(1);
    expect(chosen(groups)).toBe('gpu');
  });

  it('at once when there is nothing else', () => {
    const gpu = named('gpu');
    gpu.checked({ state: 'up' });
    down(gpu);
    gpu.checked({ state: 'up' });
    expect([gpu.condition, chosen([group('gpu', [gpu])])]).toEqual(['recovering', 'gpu']);
  });

  it('later each time for one that flaps: a minute of it moves speakers a few times, not sixty', () => {
    const [gpu, cloud] = [named('gpu'), named('cloud')];
    const groups = [group('gpu', [gpu]), group('cloud', [cloud])];
    gpu.checked({ state: 'up' });
    let moves = 0;
    let last = 'gpu';
    for (let second = 0; second < 120; second++) {
      if (second % 8 === 0) down(gpu);
      if (second % 8 === 1) gpu.checked({ state: 'up' });
      const now = chosen(groups);
      if (now !== last) moves++;
      last = now;
      clock.advance(1_000);
    }
    expect(moves).toBeLessThanOrEqual(4);
    expect(last).toBe('cloud');
  });

  it('a cold server is not trusted with a speaker before it has warmed up, each time it was away', () => {
    const [gpu, cloud] = [named('gpu', { warmsUp: true }), named('cloud')];
    const groups = [group('gpu', [gpu]), group('cloud', [cloud])];
    gpu.checked({ state: 'up' });
    expect(chosen(groups)).toBe('cloud');
    gpu.warmed();
    expect(chosen(groups)).toBe('gpu');
    down(gpu);
    gpu.checked({ state: 'up' });
    clock.advance(10_000);
    expect(chosen(groups)).toBe('cloud');
  });

  it('lets one turn through a breaker that was probed well, and goes on when that one was answered', () => {
    const gpu = named('gpu');
    failTimes(gpu, 5);
    clock.advance(5_000);
    gpu.breaker.probed(true);
    gpu.outstanding = 1;
    expect(chosen([group('gpu', [gpu])])).toBe('full');
    gpu.outstanding = 0;
    gpu.ended('answered');
    expect([gpu.breaker.state, gpu.room]).toEqual(['closed', 2]);
  });
});
