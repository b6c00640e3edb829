import * as v from 'valibot';
import { Failure } from '../failure.ts';

export const ServerMessage = v.variant('type', [
  /** An answer, whole. */
  v.strictObject({
    type: v.literal('response'),
    text: v.string(),
    sampleRate: v.number(),
    audio: v.pipe(v.string(), v.description('Base64 of a WAV file; empty where there is no sound.')),
  }),
  /** What the user said, where a server tells. */
  v.strictObject({ type: v.literal('transcript'), text: v.string() }),
  v.strictObject({ type: v.literal('error'), ...Failure.entries }),
]);
export type ServerMessage = v.InferOutput<typeof ServerMessage>;
