import type { ContextItem, UpstreamTurn } from '../upstream.ts';
import type { RealtimeSession } from './event.ts';
import { toFlatSession, toGaSession, toInstructions, type SessionFacts } from './session-config.ts';
import { isSpoken, type AnswerPart } from './history-items.ts';

/** How servers behind the same route differ in what they are to be told. What they say is read the same for all. */
export interface Dialect {
  name: 'dashscope' | 'openai' | 'openai-beta' | 'turn-streaming';
  /** Rate of the microphone on this wire. */
  inputRateHz: number;
  /** What makes a new session ours, with all that can be told only there. */
  open(turn: UpstreamTurn, facts: SessionFacts): object[];
  /** What is still to be told once it is open. */
  afterOpening(items: readonly ContextItem[]): readonly ContextItem[];
  /** Whether it can be told while the session goes on. */
  takes(item: ContextItem): boolean;
  /** How what is not the utterance itself is told. */
  answerPart: AnswerPart;
  /** Whether `session.updated` follows. */
  confirms: boolean;
  /** Around the utterance itself. */
  beforeAudio: readonly object[];
  afterAudio: readonly object[];
  /** A closing event follows every answer, cancelled ones too; without it only closing the socket stops one. */
  hasResponses: boolean;
}

const ANSWER = [{ type: 'input_audio_buffer.commit' }, { type: 'response.create' }];
const GA_RATE_HZ = 24_000;

/** The sound that is to be answered, where there is some. */
const spokenOf = (items: readonly ContextItem[]): readonly ContextItem[] => items.slice(-1).filter(isSpoken);

const openAi: Dialect = {
  name: 'openai',
  inputRateHz: GA_RATE_HZ,
  open: (turn, facts) => [{ type: 'session.update', session: toGaSession(turn, facts, GA_RATE_HZ) }],
  afterOpening: (items) => items,
  takes: () => true,
  answerPart: 'output_text',
  confirms: true,
  beforeAudio: [],
  afterAudio: ANSWER,
  hasResponses: true,
};

const openAiBeta: Dialect = {
  ...openAi,
  name: 'openai-beta',
  open: (turn, facts) => [
    { type: 'session.update', session: toFlatSession(turn, turn.settings.systemPrompt, { ...facts, tools: 'flat' }) },
  ],
  answerPart: 'text',
};

/** Its history takes speech and what tools have told. */
const dashScope: Dialect = {
  ...openAi,
  name: 'dashscope',
  inputRateHz: 16_000,
  open: (turn, facts) => {
    const spoken = spokenOf(turn.items);
    const told = turn.items.slice(0, turn.items.length - spoken.length);
    const instructions = toInstructions(turn.settings, told, spoken.length === 0);
    return [{ type: 'session.update', session: toFlatSession(turn, instructions, { ...facts, tools: 'nested' }) }];
  },
  afterOpening: spokenOf,
  takes: (item) => isSpoken(item) || item.kind === 'tool-result',
};

/** vLLM-Omni before its OpenAI dialect: one turn, no prompt, no history. Its chat route does more. */
const turnStreaming: Dialect = {
  name: 'turn-streaming',
  inputRateHz: 16_000,
  open: (_, { model }) => [{ type: 'session.update', model }],
  afterOpening: spokenOf,
  takes: isSpoken,
  answerPart: 'text',
  confirms: false,
  beforeAudio: [{ type: 'input_audio_buffer.commit', final: false }],
  afterAudio: [{ type: 'input_audio_buffer.commit', final: true }],
  hasResponses: false,
};

/**
 * Told from `session.created`. Flat sessions are DashScope's and those of OpenAI's beta, which differ in rate and in
 * what can be put into the history: there the address or the model has to tell.
 */
export function dialectOf(session: RealtimeSession | undefined, url: string, model: string): Dialect {
  if (!session) return turnStreaming;
  if (session.type === 'realtime' || session.output_modalities || session.audio) return openAi;
  return /\/api-ws\//.test(url) || /qwen/i.test(model) ? dashScope : openAiBeta;
}
