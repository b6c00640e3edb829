import { failed, ok, type Result } from '#kernel/result';
import { invalid, type ClientFault } from '../realtime/fault.ts';

/** Voices of the server that answers, as it names them; empty where it does not tell. */
export type Voices = readonly string[];

/** Clients name one of these without having been asked; here they stand for the answering server's own voice. */
const OPENAI_VOICES = new Set([
  ...['alloy', 'ash', 'ballad', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer', 'verse'],
  ...['marin', 'cedar', 'default'],
]);

const spellingOf = (voice: string, voices: Voices): string | undefined =>
  voices.find((known) => known.toLowerCase() === voice.toLowerCase());

/** The name under which the answering server knows it; undefined for its own choice. */
export function toUpstreamVoice(voice: string | undefined, voices: Voices): string | undefined {
  if (voice === undefined) return undefined;
  const spelling = spellingOf(voice, voices);
  if (spelling !== undefined) return spelling;
  return OPENAI_VOICES.has(voice.toLowerCase()) ? undefined : voice;
}

/** A name that a client may ask for. */
export function checkVoice(voice: string, voices: Voices, param: string): Result<string, ClientFault> {
  const isKnown = spellingOf(voice, voices) !== undefined || OPENAI_VOICES.has(voice.toLowerCase());
  if (isKnown || (voices.length === 0 && /^[\p{L}\p{N} ._-]{1,64}$/u.test(voice))) return ok(voice);
  return failed(invalid('invalid_value', `Unknown voice. Supported are: ${voices.join(', ')}.`, param));
}

/** What clients are told while they have not asked for any. */
export const defaultVoice = (voices: Voices): string => voices[0] ?? 'default';
