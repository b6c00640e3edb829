import { beforeEach, describe, expect, it } from 'vitest';
import { gitBlobId } from './git-blob.ts';
import { loadModelFile, MODEL_CACHE, type ModelFileOptions } from './model-file.ts';

const CONTENT = Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7) % 251);
const URL_OF_FILE = '/models/files/test/test.onnx';
const BLOB = await gitBlobId(CONTENT);

beforeEach(async () => {
  await caches.delete(MODEL_CACHE);
});

const inParts = (content: Uint8Array<ArrayBuffer>): Response => {
  const parts = [content.slice(0, 5_000), content.slice(5_000, 15_000), content.slice(15_000)];
  return new Response(
    new ReadableStream({
      pull(controller) {
        const part = parts.shift();
        if (part) controller.enqueue(part);
        else controller.close();
      },
    }),
  );
};

/** Loads from a relay that gives these answers, one after the other, and then none. */
async function load(answers: (Response | Error)[], options: Partial<ModelFileOptions> = {}) {
  const modes: (RequestCache | undefined)[] = [];
  const progress: number[] = [];
  const fetched = await loadModelFile({
    ...{ url: URL_OF_FILE, bytes: CONTENT.length, gitBlobId: BLOB, mayDownload: true },
    onProgress: (loadedBytes) => progress.push(loadedBytes),
    fetch: (_, init) => {
      modes.push(init?.cache);
      const answer = answers.shift() ?? new Error('asked once more than expected');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    ...options,
  });
  return { fetched, progress, modes, content: fetched.ok ? fetched.value : undefined };
}

const wrong = (): Response => new Response(new Uint8Array(CONTENT.length));

describe('a model’s file', () => {
  it('has the id that git gives it', async () => {
    expect(await gitBlobId(new TextEncoder().encode('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
  });

  it('is downloaded once, with growing progress, and then comes from this device', async () => {
    const first = await load([inParts(CONTENT)]);
    expect(first.content).toEqual(CONTENT);
    expect(first.progress.at(-1)).toBe(CONTENT.length);
    expect(first.progress).toEqual([...first.progress].sort((a, b) => a - b));
    const second = await load([]);
    expect(second.content).toEqual(CONTENT);
    expect([second.progress, second.modes]).toEqual([[], []]);
  });

  it('is not downloaded when it may not be, but used when it is here', async () => {
    expect((await load([], { mayDownload: false })).fetched).toEqual({ ok: true, value: undefined });
    await load([inParts(CONTENT)]);
    expect((await load([], { mayDownload: false })).content).toEqual(CONTENT);
  });

  it('is fetched again when what was kept has been damaged', async () => {
    await load([inParts(CONTENT)]);
    const cache = await caches.open(MODEL_CACHE);
    const [key] = await cache.keys();
    await cache.put(key!, wrong());
    const { content, modes } = await load([inParts(CONTENT)]);
    expect(content).toEqual(CONTENT);
    expect(modes).toEqual(['default']);
    expect((await load([])).content).toEqual(CONTENT);
  });

  it('is fetched once more, past every cache, when it arrives wrong', async () => {
    const { content, modes } = await load([wrong(), inParts(CONTENT)]);
    expect(content).toEqual(CONTENT);
    expect(modes).toEqual(['default', 'reload']);
  });

  it.each([
    ['wrong twice', () => [wrong(), wrong()], 'model-corrupt'],
    ['too short', () => [new Response(CONTENT.slice(1)), new Response(CONTENT.slice(1))], 'model-corrupt'],
    ['too long', () => [new Response(new Uint8Array(30_000)), new Response(new Uint8Array(30_000))], 'model-corrupt'],
    ['not to be had', () => [new Response(null, { status: 503 })], 'model-unavailable'],
    ['out of reach', () => [new TypeError('network error')], 'model-unavailable'],
  ])('is refused, and not kept, when it is %s', async (_, answers, kind) => {
    const { fetched } = await load(answers());
    expect(fetched).toMatchObject({ ok: false, problem: { kind, retry: 'later' } });
    expect(await (await caches.open(MODEL_CACHE)).keys()).toEqual([]);
  });

  it('of an older version makes room for the newer one', async () => {
    await load([inParts(CONTENT)]);
    const newer = CONTENT.map((byte) => byte ^ 1);
    const blob = await gitBlobId(newer);
    expect((await load([inParts(newer)], { gitBlobId: blob })).content).toEqual(newer);
    const keys = await (await caches.open(MODEL_CACHE)).keys();
    expect(keys.map(({ url }) => url)).toEqual([expect.stringContaining(blob)]);
  });
});
