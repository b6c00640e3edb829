import { failed, ok, type Result } from '#kernel/result';
import { decodeBase64 } from '../audio/base64.ts';
import { invalid, type ClientFault } from '../realtime/fault.ts';
import { MAX_APPEND_CHARS } from '../realtime/limits.ts';

/** The PCM16LE of one append, whole samples. */
export function readSound(audio: unknown): Result<Uint8Array, ClientFault> {
  if (typeof audio !== 'string') {
    return failed(invalid('missing_required_parameter', "Missing required parameter: 'audio'.", 'audio'));
  }
  if (audio.length > MAX_APPEND_CHARS) return failed(invalid('string_above_max_length', 'More than 15 MiB.', 'audio'));
  const pcm = decodeBase64(audio);
  if (!pcm) return failed(invalid('invalid_value', 'The audio is not base64.', 'audio'));
  if (pcm.length % 2 === 1)
    return failed(invalid('invalid_value', 'The audio ends in the middle of a sample.', 'audio'));
  return ok(pcm);
}
