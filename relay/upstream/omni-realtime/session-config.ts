import type { DashScopeFamily } from '#models/registry/dashscope';
import type { Settings } from '#protocol';
import type { ContextTurn } from '../upstream.ts';

export interface SessionFacts {
  model: string;
  family: DashScopeFamily | undefined;
  /** Writes down what the user says; left out, the server is not asked to. */
  transcriptionModel: string | undefined;
}

/** DashScope's and OpenAI's beta session: one level, both modalities. We say when a turn ends. */
export function toFlatSession(settings: Settings, instructions: string | undefined, facts: SessionFacts): object {
  const { family, transcriptionModel } = facts;
  const voice = voiceOf(settings, family);
  return {
    modalities: ['text', 'audio'],
    ...(voice === undefined ? {} : { voice }),
    input_audio_format: family?.formats.input ?? 'pcm16',
    output_audio_format: family?.formats.output ?? 'pcm16',
    input_audio_transcription: transcriptionModel === undefined ? null : { model: transcriptionModel },
    turn_detection: null,
    ...(instructions === undefined ? {} : { instructions }),
    ...(settings.temperature === undefined ? {} : { temperature: settings.temperature }),
    ...(settings.maxTokens === undefined ? {} : { max_tokens: settings.maxTokens }),
  };
}

/** OpenAI's session since general availability; it has no temperature. */
export function toGaSession(settings: Settings, facts: SessionFacts, rateHz: number): object {
  const { family, transcriptionModel } = facts;
  const voice = voiceOf(settings, family);
  const format = { type: 'audio/pcm', rate: rateHz };
  return {
    type: 'realtime',
    output_modalities: ['audio'],
    ...(settings.systemPrompt === undefined ? {} : { instructions: settings.systemPrompt }),
    ...(settings.maxTokens === undefined ? {} : { max_output_tokens: settings.maxTokens }),
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

/**
 * The persona, and the earlier turns in words: DashScope takes no items into its history, so a fresh session knows of
 * what was said before only what its instructions tell.
 */
export function toInstructions({ systemPrompt }: Settings, context: readonly ContextTurn[]): string | undefined {
  const lines = context.flatMap(({ userAudio, userText, assistantText }) => [
    ...(userText || userAudio ? [`User: ${userText ?? '(spoken message)'}`] : []),
    ...(assistantText ? [`You: ${assistantText}`] : []),
  ]);
  const history = lines.length > 0 ? [[HISTORY, ...lines].join('\n')] : [];
  const parts = [...(systemPrompt === undefined ? [] : [systemPrompt]), ...history];
  return parts.length > 0 ? parts.join('\n\n') : undefined;
}
