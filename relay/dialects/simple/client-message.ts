import * as v from 'valibot';

export const DEFAULT_RATE_HZ = 16_000;

/** The only thing a client of WS /ws says: the next piece of the user's sound. */
export const AudioChunk = v.object({
  type: v.literal('audio_chunk'),
  /** Base64 of PCM16LE mono. */
  audio: v.exactOptional(v.string(), ''),
  sampleRate: v.exactOptional(v.picklist([8_000, 16_000, 24_000]), DEFAULT_RATE_HZ),
  /** The user has finished: answer now, without waiting for a silence. */
  last: v.exactOptional(v.boolean(), false),
});
export type AudioChunk = v.InferOutput<typeof AudioChunk>;

export const ClientMessage = v.variant('type', [AudioChunk]);
