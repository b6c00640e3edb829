import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { BATCH_PATH } from './voice-batch.ts';
import { MAX_AUDIO_BYTES, TRANSCRIBE_PATH } from './voice-transcribe.ts';
import { problem } from './problem.ts';
import { READ_PATH } from './read.ts';

const DEFAULT_BYTES = 64 * 1024;
const TEXT_BYTES = 256 * 1024;
/** What a multipart form needs besides its file. */
const FORM_BYTES = 64 * 1024;

const BYTES_BY_PATH: Record<string, number> = {
  [READ_PATH]: TEXT_BYTES,
  [BATCH_PATH]: TEXT_BYTES,
  [TRANSCRIBE_PATH]: MAX_AUDIO_BYTES + FORM_BYTES,
};

/** How much of a body is taken in, by route. */
export function bodyLimits(): MiddlewareHandler {
  const limit = (maxSize: number) =>
    bodyLimit({ maxSize, onError: (c) => problem(c, 413, 'body-too-large', `at most ${maxSize} bytes`) });
  const ordinary = limit(DEFAULT_BYTES);
  const byPath = new Map(Object.entries(BYTES_BY_PATH).map(([path, bytes]) => [path, limit(bytes)]));
  return (c, next) => (byPath.get(c.req.path) ?? ordinary)(c, next);
}
