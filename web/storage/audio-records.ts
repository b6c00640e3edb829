import * as v from 'valibot';
import { LIMITS } from '#protocol/limits';

const id = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const pcm = v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array);

export const UtteranceRecord = v.object({
  utterance: id,
  conversation: id,
  startedAtMs: v.number(),
  isSealed: v.boolean(),
  /** Last attempt a relay accepted; 0 if none. */
  attempt: count,
  playedSample: count,
  /** The conversation, as long as no answer is stored; the index over it finds what a crash left behind. */
  pendingIn: v.optional(id),
  settledAttempt: v.optional(count),
});
export type UtteranceRecord = v.InferOutput<typeof UtteranceRecord>;

/** What was journaled of the user's audio in one flush; `byte` is its place within the utterance. */
export const AudioChunk = v.object({ utterance: id, byte: count, pcm });
export type AudioChunk = v.InferOutput<typeof AudioChunk>;

/** What was journaled of an answer in one flush; `sample` is its place within the attempt. */
export const ReplyChunk = v.object({
  utterance: id,
  attempt: count,
  rateHz: v.pipe(count, v.minValue(1)),
  sample: count,
  pcm,
});
export type ReplyChunk = v.InferOutput<typeof ReplyChunk>;

/** The records that are what they should be; the others stay where they are and are not used. */
export function intact<T>(schema: v.GenericSchema<unknown, T>, values: Iterable<unknown>): T[] {
  return [...values].flatMap((value) => {
    const parsed = v.safeParse(schema, value);
    return parsed.success ? [parsed.output] : [];
  });
}

/** The audio from its beginning up to the first hole. A lost chunk must not shift what follows it. */
export function joinAudio(chunks: readonly AudioChunk[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const chunk of [...chunks].sort((a, b) => a.byte - b.byte)) {
    if (chunk.byte !== end) break;
    parts.push(chunk.pcm);
    end += chunk.pcm.length;
  }
  return concat(parts).subarray(0, end - (end % 2));
}

/** The answer audio at its own places; silence where a piece is missing, so that the rest keeps its time. */
export function joinReply(chunks: readonly ReplyChunk[]): Uint8Array<ArrayBuffer> {
  const endOf = (chunk: ReplyChunk) => chunk.sample * 2 + chunk.pcm.length;
  const pcm = new Uint8Array(chunks.reduce((end, chunk) => Math.max(end, endOf(chunk)), 0));
  for (const chunk of chunks) pcm.set(chunk.pcm, chunk.sample * 2);
  return pcm;
}

/** Cuts audio into the frames it was captured in. */
export function toFrames(
  pcm: Uint8Array<ArrayBuffer>,
  frameBytes = LIMITS.frameSamples * 2,
): Uint8Array<ArrayBuffer>[] {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < pcm.length; at += frameBytes) frames.push(pcm.subarray(at, at + frameBytes));
  return frames;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
