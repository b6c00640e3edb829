import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { utteranceThat, type Ending } from '#models/end-of-turn/testing/endings';
import type { ModelState } from '../conversation/ports.ts';
import { createEndOfTurnClient, type EndOfTurnClient } from './end-of-turn-client.ts';
import { MODEL_CACHE } from './model-file.ts';
import { createModelWorker, type ModelWorker } from './model.client.ts';

let worker: ModelWorker;
let client: EndOfTurnClient;
let states: ModelState[];

/** Time stands still: whether answers come in time is not the question here, and this machine may be busy. */
const start = (): void => {
  worker = createModelWorker();
  client = createEndOfTurnClient(worker.connect(), new VirtualClock());
  states = [];
  client.onState((state) => states.push(state));
};

const stop = (): void => {
  client.dispose();
  worker.dispose();
};

beforeEach(async () => {
  await caches.delete(MODEL_CACHE);
  start();
});
afterEach(stop);

const untilReady = (): Promise<void> =>
  expect.poll(() => states.at(-1), { timeout: 20_000 }).toEqual({ state: 'ready', backend: 'wasm' });

const ask = async (path: string): Promise<number> => Number(await (await fetch(path)).text());
const requests = (): Promise<number> => ask('/testing/model-requests');

describe('the end-of-turn model in the browser', () => {
  it('downloads nothing before it is asked to, then shows how far it is, and judges as Node does', async () => {
    const before = await requests();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await requests()).toBe(before);

    client.load();
    await untilReady();
    const loaded = states.flatMap((state) => (state.state === 'downloading' ? [state.loadedBytes] : []));
    expect(loaded.length).toBeGreaterThanOrEqual(2);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(client.thresholdFor('de')).toBe(0.6);

    for (const ending of ['fades', 'goes-on', 'breaks-off'] satisfies Ending[]) {
      const probability = await client.judge(utteranceThat(ending));
      expect(probability).toBeCloseTo(await ask(`/testing/judged/${ending}`), 4);
    }
    expect(await client.judge(utteranceThat('fades'))).toBeGreaterThan(0.6);
  });

  it('comes from this device the next time, and from the relay again when the copy was damaged', async () => {
    client.load();
    await untilReady();
    const once = await requests();
    stop();
    start();
    client.load();
    await untilReady();
    expect(states.map(({ state }) => state)).not.toContain('downloading');
    expect(await requests()).toBe(once);

    const cache = await caches.open(MODEL_CACHE);
    const [key] = await cache.keys();
    await cache.put(key!, new Response(new Uint8Array(2113)));
    stop();
    start();
    client.load();
    await untilReady();
    expect(await requests()).toBe(once + 1);
  });
});
