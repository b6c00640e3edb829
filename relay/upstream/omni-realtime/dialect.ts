import type { Settings } from '#protocol';
import type { ContextTurn } from '../upstream.ts';
import type { RealtimeSession } from './event.ts';
import { toFlatSession, toGaSession, toInstructions, type SessionFacts } from './session-config.ts';
import { toItems } from './history-items.ts';

export interface Opening {
  settings: Settings;
  context: readonly ContextTurn[];
}

/** How servers behind the same route differ in what they are to be told. What they say is read the same for all. */
export interface Dialect {
  name: 'dashscope' | 'openai' | 'openai-beta' | 'turn-streaming';
  /** Rate of the microphone on this wire. */
  inputRateHz: number;
  /** What makes a new session ours, earlier turns included. */
  open(opening: Opening, facts: SessionFacts): Iterable<object> | AsyncIterable<object>;
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

const dashScope: Dialect = {
  name: 'dashscope',
  inputRateHz: 16_000,
  open: ({ settings, context }, facts) => [
    { type: 'session.update', session: toFlatSession(settings, toInstructions(settings, context), facts) },
  ],
  confirms: true,
  beforeAudio: [],
  afterAudio: ANSWER,
  hasResponses: true,
};

const openAi: Dialect = {
  ...dashScope,
  name: 'openai',
  inputRateHz: GA_RATE_HZ,
  async *open({ settings, context }, facts) {
    yield { type: 'session.update', session: toGaSession(settings, facts, GA_RATE_HZ) };
    yield* toItems(context, GA_RATE_HZ, 'output_text');
  },
};

const openAiBeta: Dialect = {
  ...openAi,
  name: 'openai-beta',
  async *open({ settings, context }, facts) {
    yield { type: 'session.update', session: toFlatSession(settings, settings.systemPrompt, facts) };
    yield* toItems(context, GA_RATE_HZ, 'text');
  },
};

/** vLLM-Omni before its OpenAI dialect: one turn, no prompt, no history. Its chat route does more. */
const turnStreaming: Dialect = {
  name: 'turn-streaming',
  inputRateHz: 16_000,
  open: (_, { model }) => [{ type: 'session.update', model }],
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
