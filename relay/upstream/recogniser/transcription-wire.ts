import { FormData } from 'undici';
import type { Result } from '#kernel/result';
import { LIMITS } from '#protocol';
import type { PostOptions } from '../http-client/http-service.ts';
import { toWav } from '../pcm/wav.ts';
import type { TranscriptEvent, TranscriptionRequest } from '../speech.ts';
import type { UpstreamProblem } from '../upstream.ts';
import { parseDeepgramDocument, parseOpenAiDocument } from './transcript-document.ts';

/** How one kind of server is asked for a transcription, and how it answers where it does not stream. */
export interface TranscriptionWire {
  defaultModel: string;
  /** Before the key in the authorization header. */
  keyScheme: string;
  checkPath: string;
  toPost(request: TranscriptionRequest, model: string): PostOptions & { path: string };
  parseDocument(body: string | undefined): Result<TranscriptEvent[], UpstreamProblem>;
}

const wavOf = ({ audio }: TranscriptionRequest): Buffer<ArrayBuffer> => toWav(audio, LIMITS.inputRateHz);

/** `/v1/audio/transcriptions` of OpenAI, speaches, vLLM, llama.cpp and many more. */
const openai: TranscriptionWire = {
  defaultModel: 'whisper-1',
  keyScheme: 'Bearer',
  checkPath: '/health',
  toPost(request, model) {
    const body = new FormData();
    body.set('file', new Blob([wavOf(request)], { type: 'audio/wav' }), 'speech.wav');
    body.set('model', model);
    // Times are only in a document as a whole; words as they come are only in a stream.
    body.set('response_format', request.timed ? 'verbose_json' : 'json');
    if (!request.timed) body.set('stream', 'true');
    if (request.language !== undefined) body.set('language', primarySubtag(request.language));
    if (request.prompt !== undefined) body.set('prompt', request.prompt);
    return { path: '/v1/audio/transcriptions', body };
  },
  parseDocument: parseOpenAiDocument,
};

/** Deepgram's API for recorded audio: an utterance is complete when it is sent. It knows no prompt. */
const deepgram: TranscriptionWire = {
  defaultModel: 'nova-3',
  keyScheme: 'Token',
  checkPath: '/v1/projects',
  toPost(request, model) {
    const language = request.language === undefined ? { detect_language: 'true' } : { language: request.language };
    const timed = request.timed ? { utterances: 'true' } : {};
    const query = new URLSearchParams({ model, smart_format: 'true', ...language, ...timed });
    return { path: `/v1/listen?${query}`, body: wavOf(request), headers: { 'content-type': 'audio/wav' } };
  },
  parseDocument: parseDeepgramDocument,
};

export const TRANSCRIPTION_WIRES = { openai, deepgram } satisfies Record<string, TranscriptionWire>;

/** Whisper knows `en`, and refuses `en-GB`. */
const primarySubtag = (language: string): string => language.split('-')[0]?.toLowerCase() ?? language;
