import * as v from 'valibot';
import { milliseconds } from '#protocol/common';
import { Failure } from '../failure.ts';
import { TURN_DETECTIONS } from './client-message.ts';

const Id = v.string();

/**
 * What WS /voice says besides the binary messages, which are the answer's sound. Every `response.started` is followed by
 * exactly one `response.done`, and binary messages come only in between.
 */
export const ServerMessage = v.variant('type', [
  v.strictObject({
    type: v.literal('ready'),
    session: v.pipe(v.string(), v.description('Opens the same conversation again after a lost connection.')),
    isResumed: v.boolean(),
    format: v.picklist(['pcm16', 'pcmu', 'pcma']),
    rateHz: v.number(),
  }),
  /** After `config`: how the conversation is held now. */
  v.strictObject({
    type: v.literal('configured'),
    instructions: v.nullable(v.string()),
    voice: v.nullable(v.string()),
    language: v.nullable(v.string()),
    turnDetection: v.picklist(TURN_DETECTIONS),
  }),
  /** `atMs` counts the sound received since the session began. */
  v.strictObject({ type: v.literal('speech.started'), atMs: milliseconds }),
  v.strictObject({ type: v.literal('speech.stopped'), atMs: milliseconds }),
  /** What the user said, where a server tells; any time after the turn. */
  v.strictObject({ type: v.literal('transcript'), text: v.string(), language: v.exactOptional(v.string()) }),
  v.strictObject({ type: v.literal('response.started'), response: Id }),
  v.strictObject({ type: v.literal('response.text'), response: Id, delta: v.string() }),
  /** Drop what is not played yet. The conversation goes on as if the answer had ended after `heardMs`. */
  v.strictObject({ type: v.literal('interrupted'), response: Id, heardMs: milliseconds }),
  v.strictObject({
    type: v.literal('response.done'),
    response: Id,
    status: v.picklist(['completed', 'interrupted', 'incomplete', 'failed']),
    error: v.exactOptional(Failure),
  }),
  v.strictObject({ type: v.literal('error'), ...Failure.entries }),
  v.strictObject({ type: v.literal('pong'), t: v.exactOptional(v.number()) }),
]);
export type ServerMessage = v.InferOutput<typeof ServerMessage>;
