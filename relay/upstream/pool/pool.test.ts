import { afterEach, describe, expect, it } from 'vitest';
import { PoolStage, UTTERANCE, type Ask } from './testing/pool-stage.ts';

let stage: PoolStage;
afterEach(() => stage.pool.stop());

const place = () => stage.pool.report().map(({ outstanding }) => outstanding);

describe('a turn put to a pool', () => {
  it('is answered by the best group, which is named before anything else', async () => {
    stage = new PoolStage([[{}], [{}]]);
    const ask = stage.ask();
    await stage.answered(ask);
    expect(ask.told[0]?.event).toEqual({ kind: 'started', upstream: '0.0', model: 'm', rateHz: 24_000, waitedMs: 0 });
    expect(ask.kinds).toBe('started text text');
    expect([stage.server(1).asked, place()]).toEqual([0, [0, 0]]);
  });

  it.each([
    'upstream-unreachable',
    'upstream-silent',
    'upstream-died',
    'upstream-faulty',
    'upstream-busy',
    'upstream-unauthorised',
  ] as const)('is asked of another server, unnoticed, when the first one fails before a word: %s', async (kind) => {
    stage = new PoolStage([[{}, {}]]);
    stage.server(0).fails = { kind, afterEvents: 0 };
    const ask = stage.ask();
    await stage.answered(ask);
    expect([ask.kinds, ask.server]).toEqual(['started text text', '0.1']);
    expect(ask.told[0]?.event).toMatchObject({ waitedMs: 100 });
    expect(place()).toEqual([0, 0]);
  });

  it('goes down the list for its second try when its group has no other', async () => {
    stage = new PoolStage([[{}], [{}], [{}]]);
    stage.server(0).fails = { kind: 'upstream-silent', afterEvents: 0 };
    const ask = stage.ask();
    await stage.answered(ask);
    expect(ask.server).toBe('1.0');
  });

  it('is tried twice, and not a third time', async () => {
    stage = new PoolStage([[{}, {}, {}]]);
    for (const server of stage.servers) server.fails = { kind: 'upstream-unreachable', afterEvents: 0 };
    const ask = stage.ask();
    await stage.answered(ask);
    expect(ask.kinds).toBe('failed');
    expect(stage.servers.map(({ asked }) => asked)).toEqual([1, 1, 0]);
  });

  it('is not asked again once a word of the answer has been heard', async () => {
    stage = new PoolStage([[{}, {}]]);
    stage.server(0).fails = { kind: 'upstream-died', afterEvents: 1 };
    const ask = stage.ask();
    await stage.answered(ask);
    expect(ask.kinds).toBe('started text failed');
    expect(stage.server(1).asked).toBe(0);
    const again = stage.ask();
    await stage.answered(again);
    expect(again.server).toBe('0.1');
  });

  it('is not asked of anybody else once a tool has been called: it must not be called twice', async () => {
    stage = new PoolStage([[{}, {}]]);
    stage.server(0).says = { kind: 'tool-call', callId: 'c', name: 'look', arguments: '{}' };
    stage.server(0).fails = { kind: 'upstream-died', afterEvents: 1 };
    const ask = stage.ask();
    await stage.answered(ask);
    expect([ask.kinds, stage.server(1).asked]).toEqual(['started tool-call failed', 0]);
  });

  it('is not asked of anybody else when it is wrong in itself', async () => {
    stage = new PoolStage([[{}, {}]]);
    stage.server(0).fails = { kind: 'upstream-rejected', afterEvents: 0 };
    const ask = stage.ask();
    await stage.answered(ask);
    expect(ask.last).toMatchObject({ kind: 'failed', problem: { kind: 'upstream-rejected', retry: 'never' } });
    expect(stage.server(1).asked).toBe(0);
  });

  it.each([
    ['upstream-unreachable', 2],
    ['upstream-faulty', 2],
    ['upstream-silent', 1],
    ['upstream-busy', 1],
  ] as const)('of a single server that fails as %s is asked %i times', async (kind, times) => {
    stage = new PoolStage([[{}]]);
    stage.server(0).fails = { kind, afterEvents: 0 };
    const ask = stage.ask();
    await stage.answered(ask);
    expect([ask.kinds, stage.server(0).asked]).toEqual(['failed', times]);
  });

  it('hears that it was asked while a server says nothing, never silent for more than 3.5 s', async () => {
    stage = new PoolStage([[{ firstMs: 9_000 }]]);
    const ask = stage.ask();
    await stage.answered(ask);
    expect(ask.told.slice(0, 2)).toEqual([
      { atMs: 2_500, event: { kind: 'queued', position: 0, etaMs: 0 } },
      { atMs: 4_500, event: { kind: 'queued', position: 0, etaMs: 0 } },
    ]);
    expect(ask.isAnswered).toBe(true);
    expect(ask.longestSilenceMs).toBeLessThanOrEqual(3_500);
  });

  it('fails at once, with when to come back, while every breaker is open', async () => {
    stage = new PoolStage([[{}]]);
    stage.server(0).fails = { kind: 'upstream-silent', afterEvents: 0 };
    for (let i = 0; i < 5; i++) await stage.answered(stage.ask());
    const ask = stage.ask();
    await stage.pass(0);
    expect(ask.last).toMatchObject({ problem: { kind: 'upstream-silent', retry: 'later', retryAfterMs: 5_000 } });
    expect(stage.server(0).asked).toBe(5);
  });
});

describe('a caller who leaves', () => {
  it.each([
    ['before the first word', 50, 1],
    ['in mid-answer', 300, 1],
    ['while waiting for a place', 50, 0],
  ] as const)('%s is noticed at once, and the place is free', async (_, atMs, asked) => {
    stage = new PoolStage([[{ maxConcurrent: 1 }]]);
    const other = asked === 0 ? stage.ask() : undefined;
    const ask = stage.ask();
    await stage.pass(atMs);
    ask.caller.abort();
    await stage.pass(0);
    expect(ask.endedAtMs).toBe(atMs);
    expect(ask.kinds).not.toContain('failed');
    expect(stage.pool.waiting).toBe(0);
    expect(stage.server(0).aborted).toBe(asked);
    if (other) await stage.answered(other);
    expect(place()).toEqual([0]);
    expect(stage.pool.report()[0]).not.toHaveProperty('lastProblem');
  });

  it('by leaving the loop frees the place too, even before the first word', async () => {
    stage = new PoolStage([[{ firstMs: 5_000 }]]);
    const events = stage.pool.respond({ settings: {}, items: [UTTERANCE] }, new AbortController().signal);
    const first = events.next();
    await stage.pass(2_500);
    expect((await first).value).toMatchObject({ kind: 'queued', position: 0 });
    await events.return();
    await stage.pass(0);
    expect([place(), stage.server(0).aborted]).toEqual([[0], 1]);
  });
});

describe('load', () => {
  const answered = (asks: readonly Ask[]) => asks.filter(({ isAnswered }) => isAnswered);

  it('of twice what the servers can take costs no throughput, and everybody is told', async () => {
    // Four places, a second each: four turns a second is all there is; eight a second come.
    stage = new PoolStage([[{ maxConcurrent: 2 }, { maxConcurrent: 2 }]]);
    const asks: Ask[] = [];
    for (let i = 0; i < 60 * 8; i++) {
      asks.push(stage.ask({ conversation: `c${i}`, ...(i % 2 ? { items: [UTTERANCE] } : {}) }));
      await stage.pass(125);
    }
    await stage.pass(30_000);
    const goodput = answered(asks).filter(({ endedAtMs = Infinity }) => endedAtMs <= 60_000).length / 240;
    const refused = asks.filter(({ last }) => last?.kind === 'failed');
    process.stdout.write(
      `2x overload: goodput ${(100 * goodput).toFixed(1)} % of capacity, ${refused.length} of ${asks.length} sent away at once\n`,
    );
    expect(goodput).toBeGreaterThan(0.9);
    expect(answered(asks).length + refused.length).toBe(asks.length);
    for (const { last } of refused)
      expect(last).toMatchObject({ problem: { kind: 'upstream-busy', retryAfterMs: expect.any(Number) } });
    expect(Math.max(...asks.map(({ longestSilenceMs }) => longestSilenceMs))).toBeLessThanOrEqual(3_500);
    expect(stage.servers.map(({ peakRunning }) => peakRunning)).toEqual([2, 2]);
  });

  it('goes to the faster server: one that takes three times as long gets less than a fifth', async () => {
    stage = new PoolStage([[{ maxConcurrent: 9, firstMs: 300, restMs: 2_700 }, { maxConcurrent: 9 }]]);
    for (let i = 0; i < 200; i++) {
      stage.ask();
      await stage.pass(500);
    }
    const share = stage.server(0).asked / 200;
    process.stdout.write(`a server three times as slow: ${(100 * share).toFixed(1)} % of the turns\n`);
    expect(share).toBeLessThan(0.2);
    expect(share).toBeGreaterThan(0);
  });

  it('is spread evenly over equals', async () => {
    stage = new PoolStage([[{ maxConcurrent: 9 }, { maxConcurrent: 9 }, { maxConcurrent: 9 }]]);
    for (let i = 0; i < 150; i++) {
      stage.ask();
      await stage.pass(200);
    }
    for (const { asked } of stage.servers) expect(Math.abs(asked - 50)).toBeLessThanOrEqual(15);
  });
});

describe('failover', () => {
  it('loses no turn when the better server goes, and returns to it when it is back, without flapping', async () => {
    stage = new PoolStage([[{}], [{}]]);
    stage.pool.start();
    await stage.pass(100);
    const gpu = stage.server(0);
    const asks: Ask[] = [];
    let backAtMs = 0;
    for (let i = 0; i < 120; i++) {
      if (i === 20) gpu.fails = { kind: 'upstream-unreachable', afterEvents: 0 };
      if (i === 20) gpu.health = { state: 'down' };
      if (i === 60) {
        gpu.fails = undefined;
        gpu.health = { state: 'up' };
        backAtMs = stage.clock.nowMs();
      }
      asks.push(stage.ask());
      await stage.pass(500);
    }
    await stage.pass(5_000);
    expect(asks.every(({ isAnswered }) => isAnswered)).toBe(true);
    const moves = asks.filter(({ server }, i) => i > 0 && server !== asks[i - 1]?.server);
    expect(moves.map(({ server }) => server)).toEqual(['1.0', '0.0']);
    const returnMs = (moves[1]?.startedAtMs ?? 0) - backAtMs;
    process.stdout.write(`failover within the turn; return ${returnMs} ms after the server was back\n`);
    expect(returnMs).toBeLessThan(15_000);
    expect(returnMs).toBeGreaterThan(4_000);
  });

  it('probes a server whose breaker is open, and gives it back its turns when it does well', async () => {
    stage = new PoolStage([[{}]]);
    stage.pool.start();
    stage.server(0).fails = { kind: 'upstream-silent', afterEvents: 0 };
    for (let i = 0; i < 5; i++) await stage.answered(stage.ask());
    expect(stage.pool.report()[0]).toMatchObject({
      breaker: 'open',
      condition: 'closed',
      lastProblem: 'upstream-silent',
    });
    stage.server(0).fails = undefined;
    await stage.pass(11_000);
    expect(stage.pool.report()[0]?.breaker).toBe('half-open');
    const ask = stage.ask();
    await stage.answered(ask);
    expect([ask.isAnswered, stage.pool.report()[0]?.breaker]).toEqual([true, 'closed']);
  });

  it('checks with jitter, more often in trouble, and stops when told to', async () => {
    stage = new PoolStage([[{}], [{}]]);
    stage.server(1).health = { state: 'down' };
    stage.pool.start();
    await stage.pass(30_000);
    const { checks } = stage.server(0);
    expect(checks).toBeLessThanOrEqual(4);
    expect(stage.server(1).checks).toBeGreaterThanOrEqual(14);
    stage.pool.stop();
    await stage.pass(30_000);
    expect(stage.server(0).checks).toBe(checks);
  });
});
