/**
 * The names in a server's list of voices: names or `{id}` or `{name}`, bare or under `voices` (OpenAI-compatible
 * servers), or the keys of an object (piper).
 */
export function parseVoices(json: unknown): string[] {
  const list = isRecord(json) && 'voices' in json ? json['voices'] : json;
  if (Array.isArray(list)) return list.map(nameOf).filter((name) => name !== undefined);
  return isRecord(list) ? Object.keys(list) : [];
}

function nameOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  const name = isRecord(entry) ? (entry['id'] ?? entry['name']) : undefined;
  return typeof name === 'string' ? name : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

export interface VoiceChoice {
  /** What the server is known to have. */
  voices: readonly string[];
  fallback: string | undefined;
  /** By primary language subtag. */
  byLanguage: Readonly<Record<string, string>>;
}

/**
 * The voice to ask for. One that the server is not known to have would be a refused request, and a call set up for
 * another server must not fail on it.
 */
export function chooseVoice(
  wanted: string | undefined,
  language: string | undefined,
  { voices, fallback, byLanguage }: VoiceChoice,
): string | undefined {
  const known = voices.find((voice) => voice.toLowerCase() === wanted?.toLowerCase());
  const subtag = language?.split('-')[0]?.toLowerCase();
  return known ?? (subtag === undefined ? undefined : byLanguage[subtag]) ?? fallback ?? voices[0];
}
