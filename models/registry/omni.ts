/** What a family of speech-to-speech models expects and gives; figures from the model cards and deploy files. */
export interface OmniFamily {
  name: string;
  /** Recognises the family in a model id as servers list it (`Qwen/Qwen3-Omni-30B-A3B-Instruct`). */
  matches: RegExp;
  /** In lower case, as servers compare them; the first is the default. */
  voices: readonly string[];
  outputRateHz: number;
  systemPrompt:
    | { kind: 'free'; fallback: string }
    /** Anything else and the model falls silent; a persona travels as a first pair of turns instead. */
    | { kind: 'fixed'; text: string };
  /** Cost of one second of user audio in the context window. */
  audioTokensPerSecond: number;
  contextTokens: number;
  /** Where an answer has run on into the next speaker's part. */
  stop: readonly string[];
  /**
   * `streamed`: audio comes while the text is still being written. `late`: with the stock deployment it comes in one
   * block after the text is finished, so a silence between the two is no stall.
   */
  audio: 'streamed' | 'late';
  /** Whether the talker reads out the markup of a tool call like any other words. */
  speaksMarkup: boolean;
  /** Answers that a server with the stock deployment works on at a time. */
  maxConcurrent: number;
}

const SPOKEN_STYLE =
  'You are a helpful voice assistant. Answer as one speaks: briefly, in whole sentences, without lists, markdown or emoji.';

export const OMNI_FAMILIES: readonly OmniFamily[] = [
  {
    name: 'qwen3-omni',
    matches: /qwen-?3(\.\d+)?-omni/i,
    voices: ['ethan', 'chelsie', 'aiden'],
    outputRateHz: 24_000,
    systemPrompt: { kind: 'free', fallback: SPOKEN_STYLE },
    audioTokensPerSecond: 12.5,
    contextTokens: 32_768,
    stop: [],
    audio: 'streamed',
    speaksMarkup: true,
    maxConcurrent: 64,
  },
  {
    name: 'qwen2.5-omni',
    matches: /qwen-?2\.5-omni/i,
    voices: ['chelsie', 'ethan'],
    outputRateHz: 24_000,
    systemPrompt: {
      kind: 'fixed',
      text: 'You are Qwen, a virtual human developed by the Qwen Team, Alibaba Group, capable of perceiving auditory and visual inputs, as well as generating text and speech.',
    },
    audioTokensPerSecond: 25,
    contextTokens: 32_768,
    // Qwen2.5-Omni issues 125 and 312: answers that go on as the other speaker.
    stop: ['\nHuman:', '\nUser:'],
    audio: 'late',
    speaksMarkup: true,
    maxConcurrent: 1,
  },
];

/** The family of a served model, or nothing where we do not know it. */
export const omniFamilyOf = (model: string): OmniFamily | undefined =>
  OMNI_FAMILIES.find((family) => family.matches.test(model));
