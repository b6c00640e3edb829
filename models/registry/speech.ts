/** What is known of a family of speech synthesis models; from the servers' own documentation. */
export interface SpeechFamily {
  name: string;
  /** Recognises the family in a model id or a voice's name. */
  matches: RegExp;
  /** Of audio that comes without a header. */
  rateHz: number;
  defaultVoice: string;
}

const SPEECH_FAMILIES: readonly SpeechFamily[] = [
  { name: 'kokoro', matches: /kokoro/i, rateHz: 24_000, defaultVoice: 'af_heart' },
  { name: 'qwen3-tts', matches: /qwen-?3-tts/i, rateHz: 24_000, defaultVoice: 'vivian' },
  { name: 'deepgram-aura', matches: /^aura-/i, rateHz: 24_000, defaultVoice: 'aura-2-thalia-en' },
  // OpenAI's own names, which other servers answer to as well.
  { name: 'openai', matches: /^tts-1|-tts$/i, rateHz: 24_000, defaultVoice: 'alloy' },
];

/** The family of a served model, or nothing where we do not know it. */
export const speechFamilyOf = (model: string): SpeechFamily | undefined =>
  SPEECH_FAMILIES.find((family) => family.matches.test(model));
