import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { parseEndOfTurnModel, SMART_TURN } from '#models/registry/end-of-turn';
import { gitBlobIdOf, type ServedModel } from '../config/model-settings.ts';
import { startRelay } from '../dialects/earshot/testing/relay.ts';
import { RETRY_AFTER_MS } from './model-store.ts';

const CONTENT = Buffer.alloc(300_000, 'a model of no kind ');
const MODEL = { ...SMART_TURN, file: 'tiny.onnx', bytes: CONTENT.length, gitBlobId: gitBlobIdOf(CONTENT) };
const PATH = `/models/files/${MODEL.id}/${MODEL.file}`;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-models-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

async function relayWith(served: Partial<ServedModel> | undefined, folder = newFolder(), clock = new VirtualClock()) {
  const models = { folder, ...(served && { endOfTurn: { model: MODEL, ...served } }) };
  const relay = await startRelay({ config: { allowedHosts: [], models }, clock });
  cleanUps.push(() => relay.stop());
  return { folder, clock, get: (path = PATH, init?: RequestInit) => fetch(relay.url + path, init) };
}

/** Somewhere else on the net, with a count of how often it was asked. */
async function sourceOf(answer: RequestListener): Promise<{ source: string; asked: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { source: `http://127.0.0.1:${port}/tiny.onnx`, asked: () => count };
}

const code = async (response: Response): Promise<unknown> => ((await response.json()) as { code: unknown }).code;

describe('the file of a model', () => {
  it('comes out of the folder when it lies there', async () => {
    const { folder, get } = await relayWith({});
    writeFileSync(join(folder, MODEL.file), CONTENT);
    const response = await get();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(CONTENT.length));
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(Buffer.from(await response.arrayBuffer()).equals(CONTENT)).toBe(true);
    const head = await get(PATH, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('is fetched once for all who ask at the same time, kept, and found again by the next relay', async () => {
    const { source, asked } = await sourceOf((_, response) => setTimeout(() => response.end(CONTENT), 50));
    const { folder, get } = await relayWith({ source });
    const all = await Promise.all([get(), get(), get()]);
    for (const response of all) expect((await response.arrayBuffer()).byteLength).toBe(CONTENT.length);
    expect(asked()).toBe(1);
    expect(readFileSync(join(folder, MODEL.file)).equals(CONTENT)).toBe(true);
    const next = await relayWith({ source }, folder);
    expect((await next.get()).status).toBe(200);
    expect(asked()).toBe(1);
  });

  it('is fetched again when the folder was cleared, or somebody left another file there', async () => {
    const { source, asked } = await sourceOf((_, response) => response.end(CONTENT));
    const folder = newFolder();
    writeFileSync(join(folder, MODEL.file), Buffer.alloc(CONTENT.length));
    const { get } = await relayWith({ source }, folder);
    expect(Buffer.from(await (await get()).arrayBuffer()).equals(CONTENT)).toBe(true);
    rmSync(join(folder, MODEL.file));
    expect((await get()).status).toBe(200);
    expect(asked()).toBe(2);
  });

  it.each<[string, RequestListener]>([
    ['another file', (_, response) => response.end(Buffer.alloc(CONTENT.length))],
    ['half of it', (_, response) => response.end(CONTENT.subarray(0, 1000))],
    ['more than it', (_, response) => response.end(Buffer.concat([CONTENT, CONTENT]))],
    ['an error', (_, response) => response.writeHead(404).end()],
    ['a connection that breaks', (_, response) => response.write('x', () => response.destroy())],
  ])('is not there when its source has %s, and nothing of it is left behind', async (_, answer) => {
    const { source } = await sourceOf(answer);
    const { folder, get } = await relayWith({ source });
    const response = await get();
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '60']);
    expect(await code(response)).toBe('model-unavailable');
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  });

  it('is tried again after a minute, not by everybody who asks', async () => {
    let isUp = false;
    const { source, asked } = await sourceOf((_, response) =>
      isUp ? response.end(CONTENT) : response.writeHead(500).end(),
    );
    const { clock, get } = await relayWith({ source });
    expect((await get()).status).toBe(503);
    isUp = true;
    expect((await get()).status).toBe(503);
    expect(asked()).toBe(1);
    clock.advance(RETRY_AFTER_MS + 1);
    expect((await get()).status).toBe(200);
  });

  it('says why when there is no way out', async () => {
    const { get } = await relayWith({ source: 'http://127.0.0.1:1/tiny.onnx' });
    const response = await get();
    expect(response.status).toBe(503);
    expect(await response.text()).toMatch(/cannot be had: .+/);
  });

  it.each([
    `/models/files/${MODEL.id}/other.onnx`,
    `/models/files/other/${MODEL.file}`,
    `/models/files/${MODEL.id}/..%2f..%2fetc%2fpasswd`,
    `/models/files/..%2f${MODEL.id}/${MODEL.file}`,
  ])('%s is nothing we have', async (path) => {
    const { get } = await relayWith({});
    expect((await get(path)).status).toBe(404);
  });

  it('of the operator’s own is served as long as it stays the same', async () => {
    const path = join(newFolder(), 'own.onnx');
    writeFileSync(path, CONTENT);
    const { get } = await relayWith({ path });
    expect((await get()).status).toBe(200);
    writeFileSync(path, 'something else');
    expect((await get()).status).toBe(503);
  });
});

describe('GET /models/end-of-turn', () => {
  it('tells what a page needs to check and use the file, in the form that it reads', async () => {
    const { get } = await relayWith({});
    const document: unknown = await (await get('/models/end-of-turn')).json();
    expect(parseEndOfTurnModel(document)).toEqual({ ok: true, value: document });
    expect(document).toMatchObject({ gitBlobId: MODEL.gitBlobId, threshold: 0.5 });
    expect(document).not.toHaveProperty('source');
  });

  it('says that there is none where none is offered', async () => {
    const { get } = await relayWith(undefined);
    expect((await get('/models/end-of-turn')).status).toBe(204);
    expect((await get()).status).toBe(404);
  });
});
