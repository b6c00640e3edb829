import type { PostOptions } from '../http-client/http-service.ts';

/** One piece of speech as it is to be asked for. */
export interface SpeechOrder {
  text: string;
  model: string;
  voice: string | undefined;
  speed: number | undefined;
  /** Further fields of the body, as the server knows them. */
  body: Record<string, unknown>;
}

/** How one kind of server is asked for speech. */
export interface SpeechWire {
  defaultModel: string;
  /** Before the key in the authorization header. */
  keyScheme: string;
  checkPath: string;
  voicesPath: string | undefined;
  toPost(order: SpeechOrder): PostOptions & { path: string };
}

const json = (path: string, body: object) => ({ path, body: JSON.stringify(body) });
const named = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** `/v1/audio/speech` of OpenAI, Kokoro-FastAPI, speaches, vLLM-Omni and many more; samples as they are made. */
const openai: SpeechWire = {
  defaultModel: 'tts-1',
  keyScheme: 'Bearer',
  checkPath: '/health',
  voicesPath: '/v1/audio/voices',
  // vLLM-Omni and speaches stream when told to, Kokoro-FastAPI without.
  toPost: ({ text, model, voice, speed, body }) =>
    json('/v1/audio/speech', {
      ...named({ model, input: text, voice, speed }),
      response_format: 'pcm',
      stream_format: 'audio',
      ...body,
    }),
};

/** piper's own server: one complete WAV file, once all of it is made. */
const piper: SpeechWire = {
  defaultModel: 'piper',
  keyScheme: 'Bearer',
  checkPath: '/voices',
  voicesPath: '/voices',
  toPost: ({ text, voice, speed, body }) =>
    json('/synthesize', { ...named({ text, voice, length_scale: speed && 1 / speed }), ...body }),
};

/** Deepgram has no voices apart from its models. */
const deepgram: SpeechWire = {
  defaultModel: 'aura-2-thalia-en',
  keyScheme: 'Token',
  checkPath: '/v1/projects',
  voicesPath: undefined,
  toPost({ text, model, voice, body }) {
    const format = { encoding: 'linear16', sample_rate: '24000', container: 'none' };
    return json(`/v1/speak?${new URLSearchParams({ model: voice ?? model, ...format })}`, { text, ...body });
  },
};

export const SPEECH_WIRES = { openai, piper, deepgram } satisfies Record<string, SpeechWire>;
