import { failed, ok, type Problem, type Result } from '#kernel/result';

/**
 * Binary frames: a 12-byte little-endian header, then PCM16LE mono.
 *
 * ```
 * 0  u8   kind      1 user audio at LIMITS.inputRateHz · 2 answer audio at the rate of its `started` part
 * 1  u8   attempt   of the answer; 0 for user audio
 * 2  u16  handle    of the utterance, given by the client's `begin` on this connection
 * 4  u32  sequence  user audio: 0, 1, 2 … within the utterance · answer: n among all events of the attempt
 * 8  u32  sample    offset of the first sample within the utterance or the answer
 * ```
 */
export const AUDIO_HEADER_BYTES = 12;

export const AudioKind = { user: 1, reply: 2 } as const;
export type AudioKind = (typeof AudioKind)[keyof typeof AudioKind];

export interface AudioFrame {
  kind: AudioKind;
  attempt: number;
  handle: number;
  sequence: number;
  sample: number;
  /** PCM16LE bytes, always an even count; a view into the received message. */
  pcm: Uint8Array;
}

export function encodeAudio(frame: AudioFrame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(AUDIO_HEADER_BYTES + frame.pcm.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, frame.kind);
  view.setUint8(1, frame.attempt);
  view.setUint16(2, frame.handle, true);
  view.setUint32(4, frame.sequence, true);
  view.setUint32(8, frame.sample, true);
  bytes.set(frame.pcm, AUDIO_HEADER_BYTES);
  return bytes;
}

/** Problems: `audio-malformed` (too short, an odd number of PCM bytes, a kind we do not know). */
export function decodeAudio(bytes: Uint8Array): Result<AudioFrame, Problem<'audio-malformed'>> {
  const malformed = (detail: string) => failed({ kind: 'audio-malformed' as const, retry: 'never' as const, detail });
  if (bytes.length < AUDIO_HEADER_BYTES) return malformed('shorter than its header');
  if ((bytes.length - AUDIO_HEADER_BYTES) % 2 !== 0) return malformed('odd number of PCM bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = view.getUint8(0);
  if (kind !== AudioKind.user && kind !== AudioKind.reply) return malformed('unknown kind');
  return ok({
    kind,
    attempt: view.getUint8(1),
    handle: view.getUint16(2, true),
    sequence: view.getUint32(4, true),
    sample: view.getUint32(8, true),
    pcm: bytes.subarray(AUDIO_HEADER_BYTES),
  });
}
