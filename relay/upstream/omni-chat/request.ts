import { LIMITS, type Settings } from '#protocol';
import type { OmniFamily } from '#models/registry/omni';
import { toWav } from '../pcm/wav.ts';
import type { ContextTurn, UpstreamTurn } from '../upstream.ts';

type Part = { type: 'text'; text: string } | { type: 'input_audio'; input_audio: { data: string; format: 'wav' } };
export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string | Part[];
}

/** The body of POST /v1/chat/completions for one turn. */
export function toChatBody(turn: UpstreamTurn, model: string, family: OmniFamily | undefined): Record<string, unknown> {
  const speaker = speakerOf(turn.settings, family);
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    modalities: ['text', 'audio'],
    audio: { format: 'pcm16' },
    ...(speaker === undefined ? {} : { speaker }),
    ...samplingOf(turn.settings, family),
    messages: [
      ...opening(turn.settings, family),
      ...turn.context.flatMap(contextMessages),
      { role: 'user', content: [audioPart(turn.audio)] },
    ],
  };
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

/** A voice the model does not have would be a refused request; a call set up for another model must not fail on it. */
function speakerOf(settings: Settings, family: OmniFamily | undefined): string | undefined {
  const wanted = settings.voice?.toLowerCase();
  if (!family || (wanted !== undefined && family.voices.includes(wanted))) return wanted;
  return family.voices[0];
}

function opening(settings: Settings, family: OmniFamily | undefined): Message[] {
  const persona = settings.systemPrompt;
  if (family?.systemPrompt.kind !== 'fixed') {
    const prompt = persona ?? family?.systemPrompt.fallback;
    return prompt === undefined ? [] : [{ role: 'system', content: prompt }];
  }
  const stock: Message = { role: 'system', content: family.systemPrompt.text };
  if (persona === undefined) return [stock];
  return [stock, { role: 'user', content: persona }, { role: 'assistant', content: 'Understood.' }];
}

function contextMessages(turn: ContextTurn): Message[] {
  const messages: Message[] = [];
  if (turn.userAudio) messages.push({ role: 'user', content: [audioPart(turn.userAudio)] });
  else if (turn.userText) messages.push({ role: 'user', content: turn.userText });
  if (turn.assistantText) messages.push({ role: 'assistant', content: turn.assistantText });
  return messages;
}

const audioPart = (pcm: Uint8Array): Part => ({
  type: 'input_audio',
  input_audio: { data: toWav(pcm, LIMITS.inputRateHz).toString('base64'), format: 'wav' },
});
