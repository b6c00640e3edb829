import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { failed, ok } from '#kernel/result';
import { SMART_TURN } from '#models/registry/end-of-turn';
import type { ModelState } from '../conversation/ports.ts';
import { createEndOfTurnClient, type EndOfTurnClient } from './end-of-turn-client.ts';
import { EndOfTurnHost, type HostParts } from './end-of-turn-host.ts';
import { JUDGE_LIMIT_MS } from './judge-limit.ts';
import type { Network } from './network.ts';

const FILE = new Uint8Array(8);
const SECOND = () => Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 10));

/** A network that answers when the test says so. */
class HeldNetwork implements Network {
  readonly backend = 'wasm';
  held: ((probability: number) => void)[] = [];
  breaks = false;
  isDisposed = false;

  run(): Promise<number> {
    if (this.breaks) return Promise.reject(new Error('out of memory'));
    return new Promise((resolve) => this.held.push(resolve));
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

const opened: EndOfTurnClient[] = [];
const ports: MessagePort[] = [];
afterEach(() => {
  for (const client of opened.splice(0)) client.dispose();
  for (const port of ports.splice(0)) port.close();
});

function connect(parts: Partial<HostParts> = {}) {
  const clock = new VirtualClock();
  const network = new HeldNetwork();
  const host = new EndOfTurnHost({
    describe: () => Promise.resolve(ok({ ...SMART_TURN, threshold: 0.6, languageThresholds: { nl: 0.3 } })),
    loadFile: () => Promise.resolve(ok(FILE)),
    startNetwork: () => Promise.resolve(network),
    costMsOf: () => Promise.resolve(20),
    ...parts,
  });
  const { port1, port2 } = new MessageChannel();
  ports.push(port1);
  host.attach(port1);
  const client = createEndOfTurnClient(port2, clock);
  opened.push(client);
  const states: ModelState[] = [];
  client.onState((state) => states.push(state));
  const reach = (state: ModelState['state']) =>
    expect.poll(() => states.at(-1)?.state, { interval: 2, timeout: 5_000 }).toBe(state);
  const names = () => states.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
  return { client, clock, network, states, names, reach };
}

const nextQuestion = (network: HeldNetwork) => expect.poll(() => network.held.length, { interval: 2 }).toBe(1);

describe('the end-of-turn model', () => {
  it('is downloaded, started and ready, with its own thresholds, and loaded once however often it is asked for', async () => {
    let loads = 0;
    const { client, states, names, reach } = connect({
      loadFile: (_, onProgress) => {
        loads++;
        onProgress(1_000_000);
        onProgress(SMART_TURN.bytes);
        return Promise.resolve(ok(FILE));
      },
    });
    expect(client.thresholdFor('nl')).toBe(0.4);
    client.load();
    client.load();
    await reach('ready');
    client.load();
    expect(names()).toEqual(['absent', 'downloading', 'starting', 'ready']);
    expect(states).toContainEqual({ state: 'downloading', loadedBytes: 1_000_000, totalBytes: SMART_TURN.bytes });
    expect(states.at(-1)).toEqual({ state: 'ready', backend: 'wasm' });
    expect([client.thresholdFor('nl-BE'), client.thresholdFor()]).toEqual([0.3, 0.6]);
    expect(loads).toBe(1);
  });

  it('judges what it is given, and takes the samples over', async () => {
    const { client, network, reach } = connect();
    client.load();
    await reach('ready');
    const audio = SECOND();
    const judged = client.judge(audio);
    expect(audio.length).toBe(0);
    await nextQuestion(network);
    network.held[0]!(0.87);
    expect(await judged).toBe(0.87);
  });

  it('has no opinion before it is there', async () => {
    const { client } = connect();
    expect(await client.judge(SECOND())).toBeUndefined();
  });

  it('has no opinion when the answer comes too late, and a late one is not taken for the next', async () => {
    const { client, clock, network, reach } = connect();
    client.load();
    await reach('ready');
    const slow = client.judge(SECOND());
    await nextQuestion(network);
    clock.advance(JUDGE_LIMIT_MS);
    expect(await slow).toBeUndefined();
    const next = client.judge(SECOND());
    network.held.shift()!(0.1);
    await nextQuestion(network);
    network.held.shift()!(0.9);
    expect(await next).toBe(0.9);
  });

  it('answers the newest question first, and those it overtook with nothing', async () => {
    const { client, network, reach } = connect();
    client.load();
    await reach('ready');
    const [first, second, third] = [client.judge(SECOND()), client.judge(SECOND()), client.judge(SECOND())];
    expect(await second).toBeUndefined();
    network.held.shift()!(0.2);
    expect(await first).toBe(0.2);
    await nextQuestion(network);
    network.held.shift()!(0.8);
    expect(await third).toBe(0.8);
  });

  it('is given up after three late answers in a row', async () => {
    const { client, clock, states, reach } = connect();
    client.load();
    await reach('ready');
    for (let i = 0; i < 3; i++) {
      const judged = client.judge(SECOND());
      clock.advance(JUDGE_LIMIT_MS);
      expect(await judged).toBeUndefined();
    }
    expect(states.at(-1)).toMatchObject({ state: 'failed', problem: { kind: 'model-too-slow' } });
    expect(await client.judge(SECOND())).toBeUndefined();
    client.load();
    await reach('ready');
  });

  it('is not used on a device that will never run it in time', async () => {
    const { client, network, states, reach } = connect({ costMsOf: () => Promise.resolve(3 * JUDGE_LIMIT_MS + 1) });
    client.load();
    await reach('failed');
    expect(states.at(-1)).toMatchObject({ problem: { kind: 'model-too-slow', retry: 'later' } });
    expect(network.isDisposed).toBe(true);
  });

  it.each<[string, Partial<HostParts>]>([
    ['the relay offers none', { describe: () => Promise.resolve(ok(undefined)) }],
    ['it is not here and may not be downloaded', { loadFile: () => Promise.resolve(ok(undefined)) }],
  ])('stays absent when %s', async (_, parts) => {
    let isAsked = false;
    const { client, states } = connect({
      ...parts,
      startNetwork: () => {
        isAsked = true;
        return Promise.resolve(new HeldNetwork());
      },
    });
    client.load();
    await expect.poll(() => states.length, { interval: 2 }).toBeGreaterThan(2);
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['absent']));
    expect(isAsked).toBe(false);
  });

  it('says what failed, and is loaded when it is asked for again', async () => {
    let isUp = false;
    const problem = { kind: 'model-unavailable' as const, retry: 'later' as const };
    const { client, states, reach } = connect({
      loadFile: () => Promise.resolve(isUp ? ok(FILE) : failed(problem)),
    });
    client.load();
    await reach('failed');
    expect(states.at(-1)).toEqual({ state: 'failed', problem });
    isUp = true;
    client.load();
    await reach('ready');
  });

  it('fails, and nobody waits for it, when the file is no network or the network breaks down', async () => {
    const bad = connect({ startNetwork: () => Promise.reject(new Error('not an ONNX file')) });
    bad.client.load();
    await bad.reach('failed');
    expect(bad.states.at(-1)).toMatchObject({ problem: { kind: 'model-failed', detail: 'not an ONNX file' } });

    const broken = connect();
    broken.client.load();
    await broken.reach('ready');
    broken.network.breaks = true;
    expect(await broken.client.judge(SECOND())).toBeUndefined();
    await broken.reach('failed');
    expect(broken.network.isDisposed).toBe(true);
  });

  it('leaves nobody waiting when it is disposed', async () => {
    const { client, reach } = connect();
    client.load();
    await reach('ready');
    const judged = client.judge(SECOND());
    client.dispose();
    expect(await judged).toBeUndefined();
  });
});
