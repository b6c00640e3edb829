import * as v from 'valibot';
import { Settings } from '#protocol';
import { language, milliseconds } from '#protocol/common';

/** `server`: a turn ends with half a second of silence. `semantic`: when it sounds finished. `manual`: `audio.commit`. */
export const TURN_DETECTIONS = ['server', 'semantic', 'manual'] as const;

/** How the conversation is held. What is left out stays as it is; null takes back what was said before. */
export const Config = v.object({
  type: v.literal('config'),
  instructions: v.exactOptional(v.nullable(v.unwrap(Settings.entries.systemPrompt))),
  voice: v.exactOptional(v.nullable(v.unwrap(Settings.entries.voice))),
  /** Of what the user says. */
  language: v.exactOptional(v.nullable(language)),
  turnDetection: v.exactOptional(v.picklist(TURN_DETECTIONS)),
});
export type Config = v.InferOutput<typeof Config>;

/** What a client of WS /voice may say besides the binary messages, which are its sound. */
export const ClientMessage = v.variant('type', [
  Config,
  /** I have finished; answer me. */
  v.object({ type: v.literal('audio.commit') }),
  /**
   * Stop answering. `heardMs`: so much of the answer was really heard; also right after the relay itself has told of an
   * interruption, if the client knows better. `response`: this answer only, and nothing if it is no longer the latest.
   */
  v.object({
    type: v.literal('interrupt'),
    response: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
    heardMs: v.exactOptional(milliseconds),
  }),
  /** `t` comes back. */
  v.object({ type: v.literal('ping'), t: v.exactOptional(v.number()) }),
]);
export type ClientMessage = v.InferOutput<typeof ClientMessage>;
