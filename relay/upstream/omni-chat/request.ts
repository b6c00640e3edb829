import { dashScopeFamilyOf } from '#models/registry/dashscope';
import { omniFamilyOf, type OmniFamily } from '#models/registry/omni';
import { LIMITS, type Settings } from '#protocol';
import { toWav } from '../pcm/wav.ts';
import {
  joinCalls,
  toCallMessage,
  toNestedTools,
  type CallMessage,
  type ResultMessage,
} from '../openai-chat/tool-wire.ts';
import { pairCalls } from '../pair-calls.ts';
import type { ContextItem, UpstreamTurn } from '../upstream.ts';
import type { ChatDialect } from './dialect.ts';

type Part = { type: 'text'; text: string } | { type: 'input_audio'; input_audio: { data: string; format: 'wav' } };
type Message = { role: 'system' | 'user' | 'assistant'; content: string | Part[] } | CallMessage | ResultMessage;

/** OpenAI's models speak only with a voice that was named; this one all of them have. */
const OPENAI_VOICE = 'alloy';

/** The body of POST /v1/chat/completions for one turn. */
export function toChatBody(turn: UpstreamTurn, model: string, dialect: ChatDialect): Record<string, unknown> {
  const family = omniFamilyOf(model);
  // DashScope reads its data URIs with no type before the comma, and others read bare base64 only.
  const toData = (pcm: Uint8Array) => `${dialect === 'dashscope' ? 'data:;base64,' : ''}${toBase64Wav(pcm)}`;
  const takesNotes =
    !ignoresSystem(model, dialect) && (dialect === 'llama-cpp' || family?.systemPrompt.kind !== 'fixed');
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    ...(turn.isSilent ? SILENT[dialect] : speechOf(turn.settings, model, dialect)),
    ...samplingOf(turn.settings, family),
    ...toNestedTools(turn),
    messages: [
      ...opening(turn.settings, model, dialect),
      ...joinCalls(pairCalls(turn.items).flatMap((item) => toMessages(item, { toData, takesNotes }))),
    ],
  };
}

const WORDS_ALONE = { modalities: ['text'] };

/** A server speaks unless it is asked not to; one that never does need not be asked. */
const SILENT: Record<ChatDialect, object> = {
  'vllm-omni': WORDS_ALONE,
  dashscope: WORDS_ALONE,
  openai: WORDS_ALONE,
  'llama-cpp': {},
};

/** Asks for a voice, where the server has one to give. */
function speechOf(settings: Settings, model: string, dialect: ChatDialect): Record<string, unknown> {
  const modalities = ['text', 'audio'];
  switch (dialect) {
    case 'llama-cpp':
      return {};
    case 'openai':
      return { modalities, audio: { voice: settings.voice?.toLowerCase() ?? OPENAI_VOICE, format: 'pcm16' } };
    case 'dashscope': {
      // The only format there is, and bare samples come all the same.
      const voice = voiceOf(settings.voice, dashScopeFamilyOf(model)?.voices);
      return { modalities, audio: { ...(voice === undefined ? {} : { voice }), format: 'wav' } };
    }
    case 'vllm-omni': {
      const speaker = voiceOf(settings.voice?.toLowerCase(), omniFamilyOf(model)?.voices);
      return { modalities, audio: { format: 'pcm16' }, ...(speaker === undefined ? {} : { speaker }) };
    }
  }
}

/** A voice the model does not have would be a refused request; a call set up for another model must not fail on it. */
function voiceOf(wanted: string | undefined, voices: readonly string[] | undefined): string | undefined {
  if (!voices) return wanted;
  return voices.find((voice) => voice.toLowerCase() === wanted?.toLowerCase()) ?? voices[0];
}

/**
 * Plain fields, not `sampling_params_list`: the server applies them to the first stage (the words) only and only when
 * present, and every OpenAI-compatible server knows them. A list replaces whole stages, so overriding one temperature
 * there also drops the talker's stop token, and speech then never ends.
 */
function samplingOf(settings: Settings, family: OmniFamily | undefined): Record<string, unknown> {
  return {
    ...(settings.temperature === undefined ? {} : { temperature: settings.temperature }),
    ...(settings.maxTokens === undefined ? {} : { max_tokens: settings.maxTokens }),
    ...(family && family.stop.length > 0 ? { stop: family.stop } : {}),
  };
}

function opening({ systemPrompt: persona }: Settings, model: string, dialect: ChatDialect): Message[] {
  const family = omniFamilyOf(model);
  if (ignoresSystem(model, dialect)) return asPair(persona);
  // The exact prompt is what makes the talker speak; where there is none, any will do.
  if (family?.systemPrompt.kind === 'fixed' && dialect !== 'llama-cpp') {
    return [{ role: 'system', content: family.systemPrompt.text }, ...asPair(persona)];
  }
  const fallback = family?.systemPrompt.kind === 'free' ? family.systemPrompt.fallback : undefined;
  const prompt = persona ?? fallback;
  return prompt === undefined ? [] : [{ role: 'system', content: prompt }];
}

/** A persona as the first exchange of the conversation. */
const asPair = (persona: string | undefined): Message[] =>
  persona === undefined
    ? []
    : [
        { role: 'user', content: persona },
        { role: 'assistant', content: 'Understood.' },
      ];

interface Manner {
  toData(pcm: Uint8Array): string;
  /** Whether a system message may stand between the others. */
  takesNotes: boolean;
}

/** One message, or none where nothing is known of what was said. */
function toMessages(item: ContextItem, { toData, takesNotes }: Manner): Message[] {
  switch (item.kind) {
    case 'user':
      if (item.audio) return [{ role: 'user', content: [audioPart(item.audio, toData)] }];
      return item.text ? [{ role: 'user', content: item.text }] : [];
    case 'assistant':
      return item.text ? [{ role: 'assistant', content: item.text }] : [];
    case 'system':
      return [takesNotes ? { role: 'system', content: item.text } : { role: 'user', content: `(Note: ${item.text})` }];
    case 'tool-call':
      return [toCallMessage(item)];
    case 'tool-result':
      return [{ role: 'tool', tool_call_id: item.callId, content: item.output }];
  }
}

const ignoresSystem = (model: string, dialect: ChatDialect): boolean =>
  dialect === 'dashscope' && dashScopeFamilyOf(model)?.systemPrompt === 'ignored';

const toBase64Wav = (pcm: Uint8Array): string => toWav(pcm, LIMITS.inputRateHz).toString('base64');

const audioPart = (pcm: Uint8Array, toData: (pcm: Uint8Array) => string): Part => ({
  type: 'input_audio',
  input_audio: { data: toData(pcm), format: 'wav' },
});
