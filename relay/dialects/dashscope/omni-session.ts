import { DEFAULT_SYSTEM_PROMPT } from '../../session/instructions.ts';
import type { LiveSettings } from '../../session/live/live-settings.ts';
import type { Tool, ToolChoice } from '../../upstream/upstream.ts';
import type { Relay } from '../realtime/relay.ts';
import {
  DEFAULT_SAMPLE_RATE_HZ,
  hintsOf,
  writeTranscription,
  type FormatWord,
  type TranscriptionWish,
} from './session-fields.ts';
import { writeChoice, writeTools } from './tools.ts';
import { DEFAULT_DETECTION, toTurnDetection, type WireDetection } from './turn-detection.ts';

export type Modality = 'text' | 'audio';

/** A conversation as its client configured it. Undefined: left to the relay. */
export interface OmniSession {
  /** As the client named it. */
  model: string;
  /** In the order of the client. */
  modalities: readonly Modality[];
  voice: string | undefined;
  inputFormat: FormatWord;
  outputFormat: FormatWord;
  inputRateHz: number;
  instructions: string | undefined;
  transcription: TranscriptionWish | undefined;
  detection: WireDetection | undefined;
  tools: readonly Tool[];
  toolChoice: ToolChoice;
  temperature: number | undefined;
  maxTokens: number | undefined;
  /** Kept and shown again, and no more: what upstreams cannot be asked for. */
  sampling: Sampling;
}

export interface Sampling {
  top_p: number | null;
  top_k: number | null;
  repetition_penalty: number | null;
  presence_penalty: number | null;
  seed: number | null;
  smooth_output: boolean | null;
}

export const newOmniSession = (model: string): OmniSession => ({
  model,
  modalities: ['text', 'audio'],
  voice: undefined,
  ...{ inputFormat: 'pcm16', outputFormat: 'pcm24', inputRateHz: DEFAULT_SAMPLE_RATE_HZ },
  instructions: undefined,
  transcription: {},
  detection: DEFAULT_DETECTION,
  tools: [],
  toolChoice: 'auto',
  temperature: undefined,
  maxTokens: undefined,
  sampling: {
    ...{ top_p: null, top_k: null, repetition_penalty: null },
    ...{ presence_penalty: null, seed: null, smooth_output: null },
  },
});

export const outputOf = (modalities: readonly Modality[]): LiveSettings['output'] =>
  modalities.includes('audio') ? 'speech' : 'text';

export function toLiveSettings(session: OmniSession, relay: Relay): LiveSettings {
  const { modalities, detection, transcription, instructions, temperature, maxTokens, tools, toolChoice } = session;
  const voice = voiceOf(session, relay);
  return {
    ...{ inputRateHz: session.inputRateHz, output: outputOf(modalities), tools, toolChoice },
    ...(detection && { turnDetection: toTurnDetection(detection) }),
    ...(transcription && { transcription: hintsOf(transcription) }),
    ...(instructions !== undefined && { instructions }),
    ...(voice !== null && { voice }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
  };
}

/** The voice that answers. One that only DashScope has is no reason to turn a client away: ours speaks instead. */
export function voiceOf({ voice }: OmniSession, { voices }: Relay): string | null {
  const known = voices.find((other) => other.toLowerCase() === voice?.toLowerCase());
  return known ?? voices[0] ?? voice ?? null;
}

/** As `session.created` shows it. */
export function writeNewOmniSession(id: string, session: OmniSession, relay: Relay): object {
  const { transcription, detection, tools, toolChoice, temperature } = session;
  return {
    object: 'realtime.session',
    id,
    model: session.model,
    modalities: session.modalities,
    voice: voiceOf(session, relay),
    input_audio_format: session.inputFormat,
    output_audio_format: session.outputFormat,
    input_audio_transcription: transcription ? writeTranscription(transcription, relay.recogniserModel) : null,
    turn_detection: detection ?? null,
    tools: writeTools(tools),
    tool_choice: writeChoice(toolChoice),
    temperature: temperature ?? null,
  };
}

/** As `session.updated` shows it. */
export function writeOmniSession(id: string, session: OmniSession, relay: Relay): object {
  const maxTokens = session.maxTokens ?? null;
  return {
    ...writeNewOmniSession(id, session, relay),
    instructions: session.instructions ?? DEFAULT_SYSTEM_PROMPT,
    max_tokens: maxTokens,
    max_response_output_token: maxTokens,
    ...session.sampling,
  };
}
