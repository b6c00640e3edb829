import { describe, expect, test } from 'vitest';
import { LinkBench, settle } from './fakes/link-bench.ts';
import { failed, ok } from '#kernel/result';
import { CLOSE, encodeServer } from '#protocol';

const ticket = ok({ id: 's', ticket: 't', expiresInMs: 30_000 });
const pcm = () => new Uint8Array(8);

describe('a link', () => {
  test('is online once the relay said welcome', async () => {
    const bench = new LinkBench();
    await bench.open();
    expect(bench.states).toEqual([
      { phase: 'connecting', attempt: 0 },
      { phase: 'online', resumed: false },
    ]);
  });

  test('comes back within a quarter of a second after a lost connection', async () => {
    const bench = new LinkBench({ random: () => 0.999 });
    await bench.open();
    await bench.pass(2_000);
    bench.network.cut();
    const waiting = bench.state;
    expect(waiting?.phase === 'waiting' && waiting.delayMs).toBeCloseTo(249.75);
    await bench.pass(250);
    expect(bench.state).toEqual({ phase: 'online', resumed: true });
  });

  test('doubles its patience up to fifteen seconds while nobody answers', async () => {
    const bench = new LinkBench({ random: () => 0.9999 });
    await bench.open();
    bench.network.state = 'down';
    bench.network.cut();
    for (let i = 0; i < 9; i++) await bench.pass(15_000);
    const delays = bench.states.flatMap((state) => (state.phase === 'waiting' ? [Math.round(state.delayMs)] : []));
    // The second socket that does not open though a ticket was given is taken for a blocked network, which is "later".
    expect(delays.slice(0, 8)).toEqual([1000, 500, 1000, 2000, 4000, 7999, 14999, 14999]);
  });

  test('starts at most one connection a second on a network that flaps', async () => {
    const bench = new LinkBench({ random: () => 0 });
    await bench.open();
    for (let ms = 0; ms < 60_000; ms += 100) {
      if (bench.network.isConnected) bench.network.cut();
      await bench.pass(100);
    }
    expect(bench.network.opened).toBeGreaterThan(30);
    expect(bench.network.opened).toBeLessThanOrEqual(61);
  });

  test('tries at once when nudged', async () => {
    const bench = new LinkBench({ random: () => 0.999 });
    await bench.open();
    bench.network.state = 'down';
    bench.network.cut();
    for (let i = 0; i < 5; i++) await bench.pass(15_000);
    expect(bench.state?.phase).toBe('waiting');
    bench.network.state = 'up';
    bench.link.nudge();
    await bench.pass(1_000);
    expect(bench.state?.phase).toBe('online');
  });

  test.each([
    ['superseded', 'relay-superseded', 'never'],
    ['version', 'relay-too-old', 'reload'],
    ['unauthorised', 'relay-refused', 'never'],
  ] as const)('stays away after the close %s', async (close, kind, retry) => {
    const closing = new LinkBench({
      serve: (client) => ({ received: () => client.close(CLOSE[close]), disconnected() {} }),
    });
    await closing.open();
    expect(closing.state).toMatchObject({ phase: 'failed', problem: { kind, retry } });
    await closing.pass(60_000);
    expect(closing.network.opened).toBe(1);
  });

  test('waits as long as an overloaded relay asks for', async () => {
    const busy = encodeServer({ type: 'error', code: 'relay-full', retry: 'later', message: '', retryAfterMs: 9_000 });
    const bench = new LinkBench({
      serve: (client) => ({
        received: () => {
          client.send(busy);
          client.close(CLOSE.overloaded);
        },
        disconnected() {},
      }),
    });
    await bench.open();
    expect(bench.state).toMatchObject({ phase: 'waiting', delayMs: 9_000, problem: { kind: 'relay-busy' } });
  });

  test('says within five seconds that the network blocks voice when a portal answers instead of the relay', async () => {
    const bench = new LinkBench({
      fetchTicket: () => Promise.resolve(failed({ kind: 'network-blocks-voice', retry: 'later' })),
    });
    await bench.open();
    expect(bench.state).toMatchObject({ phase: 'waiting', problem: { kind: 'network-blocks-voice' } });
    expect(bench.clock.nowMs()).toBeLessThan(5_000);
  });

  test('says that the network blocks voice when tickets come but sockets never open', async () => {
    const bench = new LinkBench();
    bench.network.state = 'down';
    await bench.open();
    await bench.pass(1_000);
    expect(bench.state).toMatchObject({ phase: 'waiting', problem: { kind: 'network-blocks-voice' } });
  });

  test('gives up a ticket request that hangs, and aborts it', async () => {
    let signal: AbortSignal | undefined;
    const bench = new LinkBench({ fetchTicket: (given) => ((signal = given), new Promise(() => {})) });
    await bench.open();
    await bench.pass(4_000);
    expect(bench.state?.phase).toBe('waiting');
    expect(signal?.aborted).toBe(true);
  });

  test('gives up a socket that opens but is never welcomed', async () => {
    const bench = new LinkBench({ serve: () => ({ received() {}, disconnected() {} }) });
    await bench.open();
    await bench.pass(5_000);
    expect(bench.state).toMatchObject({ phase: 'waiting', problem: { kind: 'relay-unreachable' } });
  });

  test('does not open a socket for a ticket that came after it was closed', async () => {
    let give: (value: typeof ticket) => void = () => {};
    const bench = new LinkBench({ fetchTicket: () => new Promise((resolve) => (give = resolve)) });
    await bench.open();
    bench.link.close();
    give(ticket);
    await settle();
    expect(bench.network.opened).toBe(0);
    expect(bench.state).toEqual({ phase: 'closed' });
  });
});

describe('a line that died silently', () => {
  const deadAfterMs = async (isInTurn: boolean): Promise<number> => {
    const bench = new LinkBench();
    await bench.open();
    await bench.pass(15_000);
    if (isInTurn) {
      bench.link.begin('u');
      bench.link.append('u', pcm());
      await bench.run();
    }
    const sinceMs = bench.clock.nowMs();
    while (bench.state?.phase === 'online') {
      bench.clock.advance(100);
      await settle();
    }
    return bench.clock.nowMs() - sinceMs;
  };

  test('is noticed within ten seconds in a turn', async () => {
    expect(await deadAfterMs(true)).toBeLessThanOrEqual(10_000);
  });

  test('is noticed within thirty-five seconds between turns', async () => {
    const ms = await deadAfterMs(false);
    expect(ms).toBeLessThanOrEqual(35_000);
    expect(ms).toBeGreaterThan(15_000);
  });

  test('is not taken for dead while audio is still leaving slowly', async () => {
    const bench = new LinkBench();
    await bench.open();
    bench.link.begin('u');
    for (let i = 0; i < 60; i++) bench.link.append('u', pcm());
    for (let i = 0; i < 30; i++) {
      bench.clock.advance(1_000);
      bench.network.flushUp(2);
      await settle();
    }
    expect(bench.network.opened).toBe(1);
  });
});

describe('a relay that is going away', () => {
  test('is left at once between turns', async () => {
    const bench = new LinkBench();
    await bench.open();
    await bench.pass(5_000);
    bench.network.inject(encodeServer({ type: 'goaway', deadlineMs: 60_000 }));
    await bench.run();
    await bench.pass(250);
    expect(bench.network.opened).toBe(2);
  });

  test('is left after the turn, or at its deadline', async () => {
    const bench = new LinkBench();
    await bench.open();
    bench.link.begin('u');
    bench.link.append('u', pcm());
    bench.link.commit('u', false);
    bench.network.inject(encodeServer({ type: 'goaway', deadlineMs: 60_000 }));
    await bench.run();
    await bench.answer();
    expect(bench.network.opened).toBe(1);
    bench.link.receipt('u', 1);
    await bench.pass(1_000);
    expect(bench.network.opened).toBe(2);

    bench.link.begin('v');
    bench.network.inject(encodeServer({ type: 'goaway', deadlineMs: 8_000 }));
    await bench.run();
    await bench.pass(7_000);
    expect(bench.network.opened).toBe(2);
    await bench.pass(1_500);
    expect(bench.network.opened).toBe(3);
  });
});

test('messages of unknown types and faulty ones are counted and change nothing', async () => {
  const bench = new LinkBench();
  await bench.open();
  bench.network.inject('{"type":"confetti","n":1}');
  bench.network.inject('{"type":"accepted"}');
  bench.network.inject('not JSON');
  bench.network.inject(new Uint8Array(3));
  await bench.run();
  expect(bench.link.counters()).toMatchObject({ unknownMessages: 1, faultyMessages: 3 });
  expect(bench.state?.phase).toBe('online');
});
