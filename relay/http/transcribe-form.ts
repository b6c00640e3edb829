import type { Context } from 'hono';
import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { KNOWN_FORMATS } from '../speech/decode/audio-file.ts';
import { Language } from '../speech/read-request.ts';
import { TRANSCRIPT_FORMATS } from '../speech/transcription/transcript-format.ts';
import { readMultipart } from './multipart.ts';
import { problem } from './problem.ts';

/** Body of POST /voice/transcribe, as multipart/form-data. */
export const TranscribeForm = v.object({
  audio: v.pipe(
    v.instance(Uint8Array),
    v.description(`The recording as a file, told by its content: ${KNOWN_FORMATS}.`),
  ),
  language: v.exactOptional(Language),
  response_format: v.pipe(
    v.optional(v.picklist(TRANSCRIPT_FORMATS), 'json'),
    v.description('`json` is the text alone; the others but `text` have times.'),
  ),
  stream: v.pipe(
    v.optional(v.picklist(['true', 'false', '1', '0']), 'false'),
    v.description('`true` for a text/event-stream that tells the progress.'),
  ),
});
export type TranscribeForm = v.InferOutput<typeof TranscribeForm>;

/** The form, or the response that says what is wrong with it. */
export async function readTranscribeForm(c: Context): Promise<Result<TranscribeForm, Response>> {
  if (!/^multipart\/form-data\b/i.test(c.req.header('content-type') ?? '')) {
    return failed(problem(c, 415, 'media-unsupported', 'send the recording as multipart/form-data, field "audio"'));
  }
  const form = await readMultipart(c);
  if (!form) return failed(problem(c, 400, 'body-invalid', 'the multipart form is malformed or has too many parts'));
  // An empty field is one that somebody left blank.
  const fields = Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''));
  const parsed = v.safeParse(TranscribeForm, fields);
  if (parsed.success) return ok(parsed.output);
  const wrong = parsed.issues.map((issue) => v.getDotPath(issue) ?? '?').join(', ');
  return failed(problem(c, 400, 'body-invalid', `wrong or missing: ${wrong}`));
}
