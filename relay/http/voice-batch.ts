import { Hono, type Context } from 'hono';
import { NARRATION_RATE_HZ, type Narrator } from '../speech/narrator.ts';
import { BatchRequest, toFileNames, type BatchItem } from '../speech/batch-request.ts';
import { speakBatch, speakWhole, type BatchResult } from '../speech/batch.ts';
import { Slots } from '../speech/slots.ts';
import { zipStream, type ZippedFile } from '../speech/zip-stream.ts';
import { toWav } from '../upstream/pcm/wav.ts';
import type { SpeechRequest } from '../upstream/speech.ts';
import { once, sseEvent, SSE_HEADERS, streamResponse } from './byte-stream.ts';
import { readJson } from './json-body.ts';
import { notConfigured } from './not-configured.ts';
import { problem } from './problem.ts';
import { BUSY_RETRY_MS } from './read.ts';
import type { SpeechParts } from './speech-parts.ts';
import { upstreamProblem, wordsOf } from './upstream-problem.ts';

export const BATCH_PATH = '/voice/batch';
/** Texts of one batch spoken side by side; a GPU has live calls to answer besides. */
const CONCURRENCY = 3;
const MAX_BATCHES = 2;

/** POST /voice/batch: one text as WAV, many as a ZIP of WAV files, or as events where those are asked for. */
export function voiceBatchRoutes({ narrator, metrics }: SpeechParts): Hono {
  const slots = new Slots(MAX_BATCHES);
  return new Hono().post(BATCH_PATH, async (c) => {
    if (!narrator) return notConfigured(c, 'synthesiser');
    const body = await readJson(c, BatchRequest);
    if (!body.ok) return body.problem;
    const free = slots.take();
    if (!free) return problem(c, 503, 'too-many-requests', 'too many batches are being worked through', BUSY_RETRY_MS);
    const closed = metrics.streamOpened('batch');
    const ended = once(() => (free(), closed()));
    if ('items' in body.value) return manyAsResponse(c, narrator, body.value.items, ended);
    return singleAsWav(c, narrator, body.value).finally(ended);
  });
}

async function singleAsWav(c: Context, narrator: Narrator, request: SpeechRequest): Promise<Response> {
  const spoken = await speakWhole(narrator, request, c.req.raw.signal);
  if (!spoken.ok) return upstreamProblem(c, 'speech server', spoken.problem);
  return c.body(new Uint8Array(toWav(spoken.value, NARRATION_RATE_HZ)), 200, {
    'Content-Type': 'audio/wav',
    'Cache-Control': 'no-store',
  });
}

function manyAsResponse(c: Context, narrator: Narrator, items: readonly BatchItem[], ended: () => void): Response {
  const names = toFileNames(items);
  const requests = items.map(({ name: _, ...request }) => request);
  const results = speakBatch(narrator, requests, { concurrency: CONCURRENCY, signal: c.req.raw.signal });
  if ((c.req.header('accept') ?? '').includes('text/event-stream')) {
    return streamResponse(c, asEvents(results, names), SSE_HEADERS, ended);
  }
  const headers = {
    'Content-Type': 'application/zip',
    'Content-Disposition': 'attachment; filename="speech.zip"',
    'X-Batch-Items': String(items.length),
  };
  return streamResponse(c, zipStream(asFiles(results, names)), headers, ended);
}

/** What is told of one item, in events as in the archive's lists. */
const describe = ({ index, result }: BatchResult, name: string) =>
  result.ok
    ? { index, name, durationMs: Math.round((result.value.length / 2 / NARRATION_RATE_HZ) * 1000) }
    : { index, name, code: result.problem.kind, detail: wordsOf('speech server', result.problem) };

const toJsonFile = (name: string, value: object): ZippedFile => ({
  name,
  bytes: Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
});

/** Each WAV as it is finished, then what there is, then what there is not. */
async function* asFiles(results: AsyncIterable<BatchResult>, names: readonly string[]): AsyncGenerator<ZippedFile> {
  const spoken: object[] = [];
  const failures: object[] = [];
  for await (const item of results) {
    const name = names[item.index] ?? '';
    (item.result.ok ? spoken : failures).push(describe(item, name));
    if (item.result.ok) yield { name, bytes: toWav(item.result.value, NARRATION_RATE_HZ) };
  }
  yield toJsonFile('manifest.json', spoken);
  if (failures.length > 0) yield toJsonFile('errors.json', failures);
}

async function* asEvents(results: AsyncIterable<BatchResult>, names: readonly string[]): AsyncGenerator<Uint8Array> {
  const total = names.length;
  let done = 0;
  let failures = 0;
  for await (const item of results) {
    const told = { ...describe(item, names[item.index] ?? ''), done: ++done, total };
    if (!item.result.ok) failures++;
    yield item.result.ok
      ? sseEvent({ type: 'batch.item', ...told, audio: toWav(item.result.value, NARRATION_RATE_HZ).toString('base64') })
      : sseEvent({ type: 'batch.item.failed', ...told });
  }
  yield sseEvent({ type: 'batch.done', total, failed: failures });
}
