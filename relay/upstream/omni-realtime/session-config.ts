import type { DashScopeFamily } from '#models/registry/dashscope';
import type { Settings } from '#protocol';
import { LOST_SPEECH } from '../lost-speech.ts';
import { toFlatTools, toNestedTools } from '../openai-chat/tool-wire.ts';
import { pairCalls } from '../pair-calls.ts';
import type { ContextItem } from '../upstream.ts';
import type { SessionSettings } from './told.ts';

export interface SessionFacts {
  model: string;
  family: DashScopeFamily | undefined;
  /** Writes down what the user says; left out, the server is not asked to. */
  transcriptionModel: string | undefined;
}

/** DashScope's and OpenAI's beta session: one level, both modalities. We say when a turn ends. */
export function toFlatSession(
  session: SessionSettings,
  instructions: string | undefined,
  facts: SessionFacts & { tools: 'nested' | 'flat' },
): object {
  const { settings, isSilent = false } = session;
  const { family, transcriptionModel } = facts;
  const voice = voiceOf(settings, family);
  return {
    modalities: isSilent ? ['text'] : ['text', 'audio'],
    ...(voice === undefined ? {} : { voice }),
    input_audio_format: family?.formats.input ?? 'pcm16',
    output_audio_format: family?.formats.output ?? 'pcm16',
    input_audio_transcription: transcriptionModel === undefined ? null : { model: transcriptionModel },
    turn_detection: null,
    ...(instructions === undefined ? {} : { instructions }),
    ...(settings.temperature === undefined ? {} : { temperature: settings.temperature }),
    ...(settings.maxTokens === undefined ? {} : { max_tokens: settings.maxTokens }),
    ...(facts.tools === 'nested' ? toNestedTools(session) : toFlatTools(session)),
  };
}

/** OpenAI's session since general availability; it has no temperature. */
export function toGaSession(session: SessionSettings, facts: SessionFacts, rateHz: number): object {
  const { settings, isSilent = false } = session;
  const { family, transcriptionModel } = facts;
  const voice = voiceOf(settings, family);
  const format = { type: 'audio/pcm', rate: rateHz };
  return {
    type: 'realtime',
    output_modalities: isSilent ? ['text'] : ['audio'],
    ...(settings.systemPrompt === undefined ? {} : { instructions: settings.systemPrompt }),
    ...(settings.maxTokens === undefined ? {} : { max_output_tokens: settings.maxTokens }),
    ...toFlatTools(session),
    audio: {
      input: {
        format,
        turn_detection: null,
        ...(transcriptionModel === undefined ? {} : { transcription: { model: transcriptionModel } }),
      },
      output: { format, ...(voice === undefined ? {} : { voice }) },
    },
  };
}

/** As the server spells it. One the model does not have would fail every answer: it becomes the model's default. */
function voiceOf({ voice }: Settings, family: DashScopeFamily | undefined): string | undefined {
  if (!family) return voice;
  return family.voices.find((known) => known.toLowerCase() === voice?.toLowerCase()) ?? family.voices[0];
}

const HISTORY =
  'The conversation has been going on for a while. What was said so far (of your answers, what the user heard):';
const QUESTION = 'Now it is your turn: answer what was said last.';

/**
 * The persona, and what was said in words: DashScope takes no messages into its history, so a fresh session knows of
 * what was said before only what its instructions tell. `isAsking`: the last item is to be answered, and not heard.
 */
export function toInstructions(
  { systemPrompt }: Settings,
  items: readonly ContextItem[],
  isAsking: boolean,
): string | undefined {
  const lines = pairCalls(items).flatMap(toLine);
  const history = lines.length > 0 ? [[HISTORY, ...lines, ...(isAsking ? [QUESTION] : [])].join('\n')] : [];
  const parts = [...(systemPrompt === undefined ? [] : [systemPrompt]), ...history];
  return parts.length > 0 ? parts.join('\n\n') : undefined;
}

function toLine(item: ContextItem): string[] {
  switch (item.kind) {
    case 'user':
      return item.text || item.audio ? [`User: ${item.text || LOST_SPEECH}`] : [];
    case 'assistant':
      return item.text ? [`You: ${item.text}`] : [];
    case 'system':
      return [`Note: ${item.text}`];
    case 'tool-call':
      return [`You called the tool ${item.name} with ${item.arguments}`];
    case 'tool-result':
      return [`The tool told you: ${item.output}`];
  }
}
