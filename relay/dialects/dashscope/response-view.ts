import type { LiveResponse, ResponseUsage } from '../../session/live/live-event.ts';
import { writeStatusDetails } from '../realtime/status-details.ts';
import type { Relay } from '../realtime/relay.ts';
import { writeItem } from './item-view.ts';
import { voiceOf, type Modality, type OmniSession } from './omni-session.ts';

export interface ResponseContext {
  conversationId: string;
  session: OmniSession;
  relay: Relay;
}

export function writeResponse(response: LiveResponse, { conversationId, session, relay }: ResponseContext): object {
  const { id, settings, usage } = response;
  const details = writeStatusDetails(response);
  return {
    id,
    object: 'realtime.response',
    conversation_id: conversationId,
    status: response.status.replace('-', '_'),
    ...(details && { status_details: details }),
    modalities: modalitiesOf(settings.output, session.modalities),
    voice: settings.voice ?? voiceOf(session, relay),
    output_audio_format: session.outputFormat,
    output: response.output.map(writeItem),
    ...(usage && { usage: writeUsage(usage) }),
  };
}

function modalitiesOf(output: 'speech' | 'text', asked: readonly Modality[]): readonly Modality[] {
  if (output === 'text') return ['text'];
  return asked.includes('audio') ? asked : ['text', 'audio'];
}

/** The details' names are in the plural here, unlike OpenAI's. */
const writeUsage = ({ inputTokens = 0, outputTokens = 0, inputAudioTokens, outputAudioTokens }: ResponseUsage) => ({
  total_tokens: inputTokens + outputTokens,
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  input_tokens_details: { text_tokens: inputTokens - inputAudioTokens, audio_tokens: inputAudioTokens },
  output_tokens_details: { text_tokens: outputTokens - outputAudioTokens, audio_tokens: outputAudioTokens },
});
