import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { NARRATION_RATE_HZ } from './narrator.ts';
import { ReadRequest } from './read-request.ts';

/** What a client of WS /read/stream may say, as JSON text messages. */
export const Start = v.strictObject({ type: v.literal('start'), ...ReadRequest.entries });
export const ReadCommand = v.variant('type', [
  Start,
  v.strictObject({ type: v.literal('pause') }),
  v.strictObject({ type: v.literal('resume') }),
  v.strictObject({ type: v.literal('cancel') }),
  v.strictObject({ type: v.literal('ping') }),
]);
export type ReadCommand = v.InferOutput<typeof ReadCommand>;

const Milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What it hears besides the binary messages, which are the audio. */
export const ReadReply = v.variant('type', [
  v.strictObject({
    type: v.literal('started'),
    format: v.pipe(v.literal('pcm16'), v.description('Little-endian samples of 16 bits, one channel.')),
    sampleRateHz: v.literal(NARRATION_RATE_HZ),
    passages: v.pipe(v.number(), v.integer(), v.description('Sentences the text was cut into.')),
  }),
  v.strictObject({ type: v.literal('paused') }),
  v.strictObject({ type: v.literal('resumed') }),
  v.strictObject({ type: v.literal('cancelled') }),
  v.strictObject({ type: v.literal('complete'), durationMs: Milliseconds }),
  v.strictObject({
    type: v.literal('error'),
    code: v.string(),
    detail: v.string(),
    retry: v.picklist(['now', 'later', 'never', 'reload']),
    retryAfterMs: v.exactOptional(Milliseconds),
  }),
  v.strictObject({ type: v.literal('pong') }),
]);
export type ReadReply = v.InferOutput<typeof ReadReply>;

/** Only where a message is wrong, never what was there: it carries words somebody wrote. */
export function parseReadCommand(json: string): Result<ReadCommand, { detail: string }> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return failed({ detail: 'not JSON' });
  }
  const parsed = v.safeParse(ReadCommand, value);
  if (parsed.success) return ok(parsed.output);
  return failed({ detail: `wrong: ${parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the message').join(', ')}` });
}
