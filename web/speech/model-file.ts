import { failed, messageOf, ok, type Problem, type Result } from '#kernel/result';
import { gitBlobId } from './git-blob.ts';

export type ModelFileProblem = Problem<'model-unavailable' | 'model-corrupt'>;

export interface ModelFileOptions {
  url: string;
  bytes: number;
  gitBlobId: string;
  /** False: only what is kept on this device. */
  mayDownload: boolean;
  /** Called only when it is really downloaded; grows from 0 to `bytes`, starting over if it has to be fetched again. */
  onProgress(loadedBytes: number): void;
  /** For tests. */
  fetch?: typeof fetch;
}

export const MODEL_CACHE = 'earshot-models';
/** Progress is for people; more often would only be messages. */
const PROGRESS_EVERY_MS = 100;

/**
 * The content of a model's file, from this device or else from the relay, checked by length and git blob id whichever
 * way it came. Kept for the next time if there is room. Undefined: it is not here and may not be downloaded.
 */
export async function loadModelFile(
  options: ModelFileOptions,
): Promise<Result<Uint8Array<ArrayBuffer> | undefined, ModelFileProblem>> {
  const kept = await fromCache(options);
  if (kept || !options.mayDownload) return ok(kept);
  // Whatever lies between the relay and this page may have kept a broken copy: the second time goes past it.
  const first = await download(options, 'default');
  const fetched = !first.ok && first.problem.kind === 'model-corrupt' ? await download(options, 'reload') : first;
  if (fetched.ok) await keep(options, fetched.value);
  return fetched;
}

/** The content is part of the name, so a newer file is never taken for an older one. */
const keyOf = ({ url, gitBlobId }: ModelFileOptions): string => `${url}?blob=${gitBlobId}`;

/** Undefined where the browser keeps nothing (no secure context, storage switched off). */
const openCache = async (): Promise<Cache | undefined> => {
  try {
    return await caches.open(MODEL_CACHE);
  } catch {
    return undefined;
  }
};

async function fromCache(options: ModelFileOptions): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const cache = await openCache();
  if (!cache) return undefined;
  try {
    const response = await cache.match(keyOf(options));
    if (!response) return undefined;
    const content = new Uint8Array(await response.arrayBuffer());
    if (await isRight(content, options)) return content;
  } catch {
    // Unreadable is as good as wrong.
  }
  await cache.delete(keyOf(options)).catch(() => false);
  return undefined;
}

/** Without room for it the model runs all the same, and is fetched again the next time. */
async function keep(options: ModelFileOptions, content: Uint8Array<ArrayBuffer>): Promise<void> {
  const cache = await openCache();
  try {
    await cache?.put(keyOf(options), new Response(content));
    const wanted = new URL(keyOf(options), location.href).href;
    for (const request of (await cache?.keys()) ?? []) if (request.url !== wanted) await cache?.delete(request);
  } catch {
    await cache?.delete(keyOf(options)).catch(() => false);
  }
}

async function download(
  options: ModelFileOptions,
  cache: RequestCache,
): Promise<Result<Uint8Array<ArrayBuffer>, ModelFileProblem>> {
  const get = options.fetch ?? fetch;
  try {
    const response = await get(options.url, { cache });
    if (!response.ok || !response.body) return unavailable(`HTTP ${response.status}`);
    const content = await readAll(response.body, options);
    if (content && (await isRight(content, options))) return ok(content);
    return failed({ kind: 'model-corrupt', retry: 'later' });
  } catch (error) {
    return unavailable(messageOf(error));
  }
}

/** Undefined when there is more or less of it than there should be. */
async function readAll(
  body: ReadableStream<Uint8Array>,
  { bytes, onProgress }: ModelFileOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const content = new Uint8Array(bytes);
  const reader = body.getReader();
  let loaded = 0;
  let toldAtMs = -Infinity;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (loaded + part.value.length > bytes) {
      await reader.cancel();
      return undefined;
    }
    content.set(part.value, loaded);
    loaded += part.value.length;
    if (performance.now() - toldAtMs < PROGRESS_EVERY_MS && loaded < bytes) continue;
    toldAtMs = performance.now();
    onProgress(loaded);
  }
  return loaded === bytes ? content : undefined;
}

const isRight = async (content: Uint8Array, wanted: ModelFileOptions): Promise<boolean> =>
  content.length === wanted.bytes && (await gitBlobId(content)) === wanted.gitBlobId;

const unavailable = (detail: string) => failed({ kind: 'model-unavailable' as const, retry: 'later' as const, detail });
