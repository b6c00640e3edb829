import type { LiveResponse, ResponseUsage } from '../../session/live/live-event.ts';
import { writeFormat } from './audio-format.ts';
import { writeStatusDetails } from '../realtime/status-details.ts';
import { writeItem } from './item-view.ts';
import type { Flavour } from './names.ts';
import { betaModalities, gaModalities, voiceOf } from './session-view.ts';
import type { Relay } from '../realtime/relay.ts';
import type { WireSession } from './wire-session.ts';

export interface ResponseContext {
  conversationId: string;
  session: WireSession;
  relay: Relay;
  flavour: Flavour;
}

export function writeResponse(response: LiveResponse, { conversationId, session, relay, flavour }: ResponseContext) {
  const { settings, usage } = response;
  const voice = settings.voice ?? voiceOf(session, relay);
  const format = writeFormat(session.outputFormat, flavour);
  return {
    object: 'realtime.response',
    id: response.id,
    status: response.status.replace('-', '_'),
    status_details: writeStatusDetails(response),
    output: response.output.map((item) => writeItem(item, flavour)),
    conversation_id: response.isOutOfBand ? null : conversationId,
    ...(flavour === 'ga'
      ? { output_modalities: gaModalities(settings.output), audio: { output: { format, voice } } }
      : { modalities: betaModalities(settings.output), voice, output_audio_format: format }),
    ...(flavour === 'beta' && settings.temperature !== undefined && { temperature: settings.temperature }),
    max_output_tokens: settings.maxTokens ?? 'inf',
    usage: usage ? writeUsage(usage) : null,
    metadata: response.metadata ?? null,
  };
}

const writeUsage = ({ inputTokens = 0, outputTokens = 0, inputAudioTokens, outputAudioTokens }: ResponseUsage) => ({
  total_tokens: inputTokens + outputTokens,
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  input_token_details: {
    text_tokens: Math.max(0, inputTokens - inputAudioTokens),
    audio_tokens: inputAudioTokens,
    ...{ image_tokens: 0, cached_tokens: 0 },
    cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
  },
  output_token_details: {
    text_tokens: Math.max(0, outputTokens - outputAudioTokens),
    audio_tokens: outputAudioTokens,
  },
});
