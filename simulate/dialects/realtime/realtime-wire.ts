import type { WireEncoding } from '../../sound/wire-sound.ts';
import type { ConnectOptions } from '../agent-client.ts';

/** What tells one dialect of the realtime kind from another. */
export interface RealtimeWire {
  name: string;
  /** The beginnings of event names: `….delta`, `….done`. */
  audio: string;
  words: string;
  /** Whether it can be told how much of an answer was heard. */
  canTruncate: boolean;
  headers(apiKey: string | undefined): Record<string, string>;
  input(line: ConnectOptions['line']): WireEncoding;
  output(line: ConnectOptions['line']): WireEncoding;
  /** The session wanted: the server finds the ends of turns by its own defaults. */
  session(line: ConnectOptions['line']): object;
}

const bearer = (apiKey: string | undefined): Record<string, string> =>
  apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };

const pcm = (rateHz: number): WireEncoding => ({ encoding: 'pcm16', rateHz });
const pcm24OrTelephone = (line: ConnectOptions['line']): WireEncoding =>
  line === 'telephone' ? { encoding: 'pcmu' } : pcm(24_000);

export const OPENAI: RealtimeWire = {
  name: 'openai',
  audio: 'response.output_audio',
  words: 'response.output_audio_transcript',
  canTruncate: true,
  headers: bearer,
  input: pcm24OrTelephone,
  output: pcm24OrTelephone,
  session: (line) => {
    const format = line === 'telephone' ? { type: 'audio/pcmu' } : { type: 'audio/pcm', rate: 24_000 };
    return {
      type: 'realtime',
      audio: { input: { format, turn_detection: { type: 'server_vad' } }, output: { format } },
    };
  },
};

export const OPENAI_BETA: RealtimeWire = {
  name: 'openai-beta',
  audio: 'response.audio',
  words: 'response.audio_transcript',
  canTruncate: true,
  headers: (apiKey) => ({ ...bearer(apiKey), 'openai-beta': 'realtime=v1' }),
  input: pcm24OrTelephone,
  output: pcm24OrTelephone,
  session: (line) => {
    const format = line === 'telephone' ? 'g711_ulaw' : 'pcm16';
    const formats = { input_audio_format: format, output_audio_format: format };
    return { modalities: ['audio', 'text'], ...formats, turn_detection: { type: 'server_vad' } };
  },
};

/** Has no telephone formats: the line is what the caller's sound has been through, and the wire is as ever. */
export const DASHSCOPE: RealtimeWire = {
  name: 'dashscope',
  audio: 'response.audio',
  words: 'response.audio_transcript',
  canTruncate: false,
  headers: bearer,
  input: (line) => ({ encoding: 'pcm16', rateHz: 16_000, isFromTelephone: line === 'telephone' }),
  output: () => pcm(24_000),
  session: () => ({
    modalities: ['text', 'audio'],
    input_audio_format: 'pcm',
    output_audio_format: 'pcm',
    turn_detection: { type: 'server_vad' },
  }),
};
