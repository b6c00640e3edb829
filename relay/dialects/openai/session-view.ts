import { writeFormat } from './audio-format.ts';
import type { Flavour } from './names.ts';
import { writeChoice, writeTools } from '../realtime/tools.ts';
import { writeTurnDetection } from './turn-detection.ts';
import { defaultVoice } from './voice.ts';
import type { Relay } from '../realtime/relay.ts';
import { instructionsOf, type WireSession } from './wire-session.ts';

/**
 * The session as it is in force, with every value that applies. No `expires_at`: sessions last as long as their
 * connection and the resume window.
 */
export function writeSession(id: string, session: WireSession, relay: Relay, flavour: Flavour): object {
  if (session.type === 'transcription') return writeTranscriptionSession(id, session, flavour);
  return flavour === 'ga' ? writeGaSession(id, session, relay) : writeBetaSession(id, session, relay);
}

function writeGaSession(id: string, session: WireSession, relay: Relay): object {
  return {
    ...{ type: 'realtime', object: 'realtime.session', id, model: session.model },
    output_modalities: gaModalities(session.output),
    instructions: instructionsOf(session),
    tools: writeTools(session.tools),
    tool_choice: writeChoice(session.toolChoice),
    parallel_tool_calls: true,
    max_output_tokens: session.maxTokens ?? 'inf',
    // What no longer fits into the model's context is left out, oldest first.
    truncation: 'auto',
    ...{ tracing: null, prompt: null, include: null },
    audio: {
      input: writeInput(session),
      output: { format: writeFormat(session.outputFormat, 'ga'), voice: voiceOf(session, relay), speed: 1 },
    },
  };
}

function writeBetaSession(id: string, session: WireSession, relay: Relay): object {
  return {
    ...{ id, object: 'realtime.session', model: session.model },
    modalities: betaModalities(session.output),
    instructions: instructionsOf(session),
    voice: voiceOf(session, relay),
    output_audio_format: writeFormat(session.outputFormat, 'beta'),
    ...writeBetaInput(session),
    tools: writeTools(session.tools),
    tool_choice: writeChoice(session.toolChoice),
    ...(session.temperature !== undefined && { temperature: session.temperature }),
    max_response_output_tokens: session.maxTokens ?? 'inf',
    ...{ speed: 1, tracing: null },
  };
}

function writeTranscriptionSession(id: string, session: WireSession, flavour: Flavour): object {
  const head = { object: 'realtime.transcription_session', id };
  if (flavour === 'beta') return { ...head, ...writeBetaInput(session) };
  return { type: 'transcription', ...head, audio: { input: writeInput(session) }, include: null };
}

const writeInput = (session: WireSession) => ({
  format: writeFormat(session.inputFormat, 'ga'),
  noise_reduction: null,
  transcription: session.transcription ?? null,
  turn_detection: writeTurnDetection(session.turnDetection),
});

const writeBetaInput = (session: WireSession) => ({
  input_audio_format: writeFormat(session.inputFormat, 'beta'),
  input_audio_noise_reduction: null,
  input_audio_transcription: session.transcription ?? null,
  turn_detection: writeTurnDetection(session.turnDetection),
});

export const voiceOf = ({ voice }: WireSession, { voices }: Relay): string => voice ?? defaultVoice(voices);

export const gaModalities = (output: WireSession['output']): string[] => (output === 'speech' ? ['audio'] : ['text']);

export const betaModalities = (output: WireSession['output']): string[] =>
  output === 'speech' ? ['audio', 'text'] : ['text'];
