/** What a family of speech-to-speech models served by DashScope expects and gives; figures from its reference pages. */
export interface DashScopeFamily {
  name: string;
  /** Recognises the family in a model id, dated and `-realtime` variants included. */
  matches: RegExp;
  /**
   * As the server spells them; the first is the default. Only those every variant of the family is known to have: a
   * wrong one is not refused when it is set, but in the middle of a call.
   */
  voices: readonly string[];
  outputRateHz: number;
  audioTokensPerSecond: number;
  contextTokens: number;
  maxOutputTokens: number;
  /** Earlier turns the realtime server remembers, where it says so. */
  historyTurns?: number;
  /** Words for PCM16LE at 16 kHz in and 24 kHz out; `pcm24` is 16 bits at 24 kHz all the same. */
  formats: { input: 'pcm16' | 'pcm'; output: 'pcm16' | 'pcm24' | 'pcm' };
  /** Writes down what the user says. */
  transcriptionModel: string;
  /** Some models do not read a system message when they are to speak; a persona travels as a first pair of turns. */
  systemPrompt: 'free' | 'ignored';
}

/** Sessions and requests at a time, for accounts that have not asked for more. */
export const DASHSCOPE_MAX_CONCURRENT = 60;

/** The server closes a realtime session after this; pages from before 2026 say 30 minutes. */
export const DASHSCOPE_SESSION_CAP_MS = 120 * 60_000;

export const DASHSCOPE_FAMILIES: readonly DashScopeFamily[] = [
  {
    name: 'qwen3.5-omni',
    matches: /^qwen3\.[58]-omni/i,
    voices: ['Tina', 'Ethan', 'Serena'],
    outputRateHz: 24_000,
    // Measured by others at about 7; the higher figure of the older family is the safe one to plan with.
    audioTokensPerSecond: 12.5,
    contextTokens: 262_144,
    maxOutputTokens: 16_384,
    historyTurns: 80,
    formats: { input: 'pcm', output: 'pcm' },
    transcriptionModel: 'qwen3-asr-flash-realtime',
    systemPrompt: 'free',
  },
  {
    name: 'qwen3-omni-flash',
    matches: /^qwen3-omni-flash/i,
    // In both the list of 17 and the list of 49: which of them the undated name has, the pages do not agree on.
    voices: ['Cherry', 'Ethan'],
    outputRateHz: 24_000,
    audioTokensPerSecond: 12.5,
    contextTokens: 65_536,
    maxOutputTokens: 16_384,
    historyTurns: 8,
    formats: { input: 'pcm16', output: 'pcm24' },
    transcriptionModel: 'gummy-realtime-v1',
    systemPrompt: 'free',
  },
  {
    name: 'qwen-omni-turbo',
    matches: /^qwen-omni-turbo|^qwen2\.5-omni/i,
    voices: ['Chelsie', 'Cherry', 'Serena', 'Ethan'],
    outputRateHz: 24_000,
    audioTokensPerSecond: 25,
    contextTokens: 32_768,
    maxOutputTokens: 2_048,
    formats: { input: 'pcm16', output: 'pcm16' },
    transcriptionModel: 'gummy-realtime-v1',
    systemPrompt: 'ignored',
  },
];

/** The family of a model that DashScope serves, or nothing where we do not know it. */
export const dashScopeFamilyOf = (model: string): DashScopeFamily | undefined =>
  DASHSCOPE_FAMILIES.find((family) => family.matches.test(model));
