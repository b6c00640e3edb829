import { afterEach, describe, expect, it } from 'vitest';
import { createFakeOmni, type FakeOmni } from '../e2e/fakes/omni-server.ts';
import { Caller } from './dialects/earshot/testing/caller.ts';
import { startRelay, type TestRelay } from './dialects/earshot/testing/relay.ts';
import { Speaker } from './session/testing/speaker.ts';
import { createOmniChat, type OmniChat } from './upstream/omni-chat/omni-chat.ts';
import { Pool } from './upstream/pool/pool.ts';

const SCRIPT = { reply: 'It is noon.', firstTokenMs: 5, firstAudioMs: 20, chunkMs: 200, pace: 0.05 };

let fakes: FakeOmni[] = [];
let clients: OmniChat[] = [];
let pool: Pool;
let relay: TestRelay;

async function start(maxConcurrent: number, count: number, asGroups: boolean): Promise<void> {
  fakes = await Promise.all(Array.from({ length: count }, () => createFakeOmni({ script: SCRIPT })));
  clients = fakes.map(({ baseUrl, model }) => createOmniChat({ baseUrl, model }));
  const servers = clients.map((upstream, i) => ({ name: `s${i}`, upstream, maxConcurrent, weight: 1, warmsUp: false }));
  const groups = asGroups
    ? servers.map((server) => ({ name: server.name, servers: [server] }))
    : [{ name: 'gpu', servers }];
  pool = new Pool({ groups, healthIntervalMs: 1_000 });
  pool.start();
  relay = await startRelay({ upstream: pool, servers: () => pool.report() });
}
afterEach(async () => {
  pool.stop();
  await relay.stop();
  await Promise.all([...clients, ...fakes].map((one) => one.close()));
});

let handle = 0;
/** One turn: who answered, or the code of the failure, and how long it took. */
async function ask(caller: Caller): Promise<{ by: string; tookMs: number; heardOf: number }> {
  const utterance = `u${++handle}`;
  const startedMs = performance.now();
  caller.say(new Speaker(utterance, handle & 0xffff, 5));
  const isOver = () =>
    [...caller.all('final'), ...caller.all('error')].some((message) => message.utterance === utterance);
  await caller.until(isOver);
  const started = caller.all('reply').find((reply) => reply.utterance === utterance && reply.part.kind === 'started');
  const error = caller.all('error').find((message) => message.utterance === utterance);
  if (!error) caller.send({ type: 'receipt', utterance, attempt: 1 });
  const by = error?.code ?? (started?.part.kind === 'started' ? started.part.upstream : '');
  const heardOf = caller.all('queued').filter((message) => message.utterance === utterance).length;
  return { by, tookMs: performance.now() - startedMs, heardOf };
}

describe('failover', { timeout: 60_000 }, () => {
  it('costs no turn when the better server dies, and goes back when it has returned', async () => {
    await start(2, 2, true);
    const caller = await Caller.connect(relay.url);
    await expect.poll(() => pool.report().every(({ state }) => state === 'up')).toBe(true);
    // The first answer also makes the fake's voice speak for the first time.
    await ask(caller);
    const usual = await ask(caller);
    expect(usual.by).toBe('s0');
    const port = Number(new URL(fakes[0]?.baseUrl ?? '').port);
    await fakes[0]?.close();
    const first = await ask(caller);
    expect(first.by).toBe('s1');
    await expect.poll(() => pool.report()[0]?.state, { timeout: 10_000 }).toBe('down');
    expect((await fetch(`${relay.url}/health`).then((response) => response.json())) as object).toMatchObject({
      status: 'ok',
      upstreams: [
        { name: 's0', state: 'down', outstanding: 0, breaker: 'closed' },
        { name: 's1', state: 'up' },
      ],
    });
    const back = await createFakeOmni({ script: SCRIPT, port });
    fakes.push(back);
    const backMs = performance.now();
    let latest = await ask(caller);
    while (latest.by === 's1') latest = await ask(caller);
    const returnMs = performance.now() - backMs;
    process.stdout.write(
      `a turn at the moment of failover took ${first.tookMs.toFixed(0)} ms (usual ${usual.tookMs.toFixed(0)}); back after ${returnMs.toFixed(0)} ms\n`,
    );
    expect(latest.by).toBe('s0');
    expect(first.tookMs - usual.tookMs).toBeLessThan(1_000);
    expect(returnMs).toBeLessThan(10_000);
    caller.cut();
  });
});

describe('a crowd', { timeout: 60_000 }, () => {
  it('of twice the places waits its turn, is told so, and is all answered', async () => {
    await start(1, 2, false);
    const callers = await Promise.all(
      Array.from({ length: 4 }, (_, i) => Caller.connect(relay.url, { conversation: `c${i}` })),
    );
    const answers = await Promise.all(
      callers.map(async (caller) => {
        const all = [];
        for (let i = 0; i < 4; i++) all.push(await ask(caller));
        return all;
      }),
    );
    expect(answers.flat().every(({ by }) => by === 's0' || by === 's1')).toBe(true);
    expect(answers.flat().some(({ heardOf }) => heardOf > 0)).toBe(true);
    expect(fakes.map(({ counters }) => counters.peakRunning)).toEqual([1, 1]);
    const shares = fakes.map(({ counters }) => counters.finished);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(5);
    for (const caller of callers) caller.cut();
  });
});
