import * as v from 'valibot';
import type { LogEntry, LogFact } from '../conversation/log.ts';

const id = v.pipe(v.string(), v.minLength(1));
const utterance = id;
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const attempt = count;
const durationMs = v.number();
const language = v.exactOptional(v.string());
const timings = v.object({
  waitMs: v.number(),
  networkMs: v.number(),
  modelMs: v.number(),
  holdMs: v.number(),
  bufferMs: v.number(),
  totalMs: v.number(),
});

/** Every fact a stored log may hold. Typed so that a new kind of fact does not compile until it is listed. */
const FACTS: { [K in LogFact['type']]: v.GenericSchema<unknown, Omit<Extract<LogFact, { type: K }>, 'type'>> } = {
  'call.started': v.object({ callId: id }),
  'call.ended': v.object({}),
  'call.measured': v.object({ lostFrames: count, underruns: count }),
  'utterance.started': v.object({ utterance }),
  'utterance.committed': v.object({ utterance, durationMs }),
  'utterance.reopened': v.object({ utterance }),
  'utterance.discarded': v.object({ utterance }),
  'utterance.confirmed': v.object({ utterance, durationMs }),
  'utterance.restored': v.object({ utterance, durationMs }),
  transcript: v.object({ utterance, text: v.string(), language, isDoubtful: v.exactOptional(v.boolean()) }),
  'reply.started': v.object({ utterance, attempt, rateHz: count, upstream: v.string(), model: v.string() }),
  'reply.text': v.object({ utterance, attempt, text: v.string() }),
  'reply.finished': v.object({ utterance, attempt, samples: count, language }),
  'reply.heard': v.object({ utterance, attempt }),
  'reply.interrupted': v.object({ utterance, attempt, heardSample: count, totalSamples: count }),
  'reply.failed': v.object({ utterance, problem: v.string() }),
  'turn.timed': v.object({ utterance, attempt, timings }),
};

const Base = v.object({ type: v.string(), conversation: id, seq: count, atMs: v.number() });

/** Whether a stored record is an entry we understand; what a newer version wrote or a fault left is not. */
export function isLogEntry(value: unknown): value is LogEntry {
  if (!v.is(Base, value) || !Object.hasOwn(FACTS, value.type)) return false;
  const schema: v.GenericSchema<unknown> = FACTS[value.type as LogFact['type']];
  return v.is(schema, value);
}
