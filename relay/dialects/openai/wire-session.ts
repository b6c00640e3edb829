import type { Relay } from '../realtime/relay.ts';
import { DEFAULT_SYSTEM_PROMPT } from '../../session/instructions.ts';
import type { LiveSettings } from '../../session/live/live-settings.ts';
import type { Tool, ToolChoice } from '../../upstream/upstream.ts';
import type { TurnDetection } from '../../vad/turn-detection.ts';
import { inputRateOf, type WireFormat } from '../audio/wire-audio.ts';
import { PCM } from './audio-format.ts';
import { DEFAULT_SERVER_VAD } from './turn-detection.ts';
import { toUpstreamVoice } from './voice.ts';

/** A session as its client configured it. Undefined: left to the relay. */
export interface WireSession {
  /** As the client named it. */
  model: string;
  /** `transcription`: nothing is answered, what is said is written down. */
  type: 'realtime' | 'transcription';
  inputFormat: WireFormat;
  outputFormat: WireFormat;
  output: 'speech' | 'text';
  instructions: string | undefined;
  /** As the client named it. */
  voice: string | undefined;
  turnDetection: TurnDetection | undefined;
  transcription: WireTranscription | undefined;
  tools: readonly Tool[];
  toolChoice: ToolChoice;
  maxTokens: number | undefined;
  temperature: number | undefined;
}

export interface WireTranscription {
  model: string;
  language?: string;
  prompt?: string;
}

export function newWireSession(model: string, type: WireSession['type'], relay: Relay): WireSession {
  const isTranscription = type === 'transcription';
  return {
    ...{ model, type, inputFormat: PCM, outputFormat: PCM, output: isTranscription ? 'text' : 'speech' },
    instructions: undefined,
    voice: undefined,
    turnDetection: { ...DEFAULT_SERVER_VAD, createResponse: !isTranscription },
    transcription:
      isTranscription && relay.recogniserModel !== undefined ? { model: relay.recogniserModel } : undefined,
    tools: [],
    toolChoice: 'auto',
    maxTokens: undefined,
    temperature: undefined,
  };
}

export function toLiveSettings(session: WireSession, relay: Relay): LiveSettings {
  const { turnDetection, transcription, instructions, maxTokens, temperature } = session;
  const voice = toUpstreamVoice(session.voice, relay.voices);
  return {
    inputRateHz: inputRateOf(session.inputFormat),
    output: session.output,
    tools: session.tools,
    toolChoice: session.toolChoice,
    ...(turnDetection && { turnDetection }),
    ...(transcription && { transcription: hintsOf(transcription) }),
    ...(instructions !== undefined && { instructions }),
    ...(voice !== undefined && { voice }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
  };
}

const hintsOf = ({ language, prompt }: WireTranscription) => ({
  ...(language !== undefined && { language }),
  ...(prompt !== undefined && { prompt }),
});

/** What the model is really told. */
export const instructionsOf = ({ instructions }: WireSession): string => instructions ?? DEFAULT_SYSTEM_PROMPT;
