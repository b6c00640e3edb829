import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import * as v from 'valibot';
import type { ServedModel } from '../config/model-settings.ts';
import { RETRY_AFTER_MS, type ModelStore } from './model-store.ts';
import { problem } from './problem.ts';

export const END_OF_TURN_PATH = '/models/end-of-turn';
export const MODEL_FILE_PATH = '/models/files/:id/:file';

export const EndOfTurnDocument = v.object({
  id: v.string(),
  file: v.pipe(v.string(), v.description('Served as `/models/files/{id}/{file}`.')),
  bytes: v.number(),
  gitBlobId: v.pipe(v.string(), v.description('What `git hash-object` gives for it.')),
  threshold: v.pipe(v.number(), v.description('From this probability on a turn is over.')),
  languageThresholds: v.pipe(
    v.record(v.string(), v.number()),
    v.description('The same by language, where it differs.'),
  ),
});

/**
 * The models that run on people's devices: GET /models/end-of-turn tells which, GET /models/files/{id}/{file} gives the
 * file. The page may talk to this relay alone, so its models come from here too.
 */
export function modelFileRoutes(endOfTurn: { served: ServedModel; store: ModelStore } | undefined): Hono {
  const { served, store } = endOfTurn ?? {};
  return new Hono()
    .get(END_OF_TURN_PATH, (c) => {
      // Not 404, which browsers write into the console as an error of the page.
      if (!served) return c.body(null, 204, { 'Cache-Control': 'no-store' });
      const { id, file, bytes, gitBlobId, threshold, languageThresholds } = served.model;
      const document = { id, file, bytes, gitBlobId, threshold, languageThresholds };
      return c.json(document, 200, { 'Cache-Control': 'no-store' });
    })
    .get(MODEL_FILE_PATH, async (c) => {
      const { id, file } = c.req.param();
      if (!store || id !== served?.model.id || file !== served.model.file)
        return problem(c, 404, 'not-found', 'there is no such model here');
      const path = await store.path();
      if (!path.ok) {
        const detail = `the model ${id} cannot be had: ${path.problem.detail}`;
        return problem(c, 503, 'model-unavailable', detail, RETRY_AFTER_MS);
      }
      const headers = {
        'Content-Type': 'application/octet-stream',
        'Content-Length': String(served.model.bytes),
        'Cache-Control': 'public, max-age=31536000, immutable',
        ETag: `"${served.model.gitBlobId}"`,
      };
      if (c.req.method === 'HEAD') return c.body(null, 200, headers);
      return c.body(Readable.toWeb(createReadStream(path.value)) as ReadableStream, 200, headers);
    });
}
