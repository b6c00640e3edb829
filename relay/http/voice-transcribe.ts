import { Hono, type Context } from 'hono';
import { KNOWN_FORMATS, openAudioFile } from '../speech/decode/audio-file.ts';
import { toSpeech } from '../speech/decode/to-speech.ts';
import { Slots } from '../speech/slots.ts';
import { inPieces } from '../speech/transcription/piece.ts';
import { transcribe, type TranscriptionEvent } from '../speech/transcription/transcribe.ts';
import {
  formatTranscript,
  mediaTypeOfTranscript,
  needsTimes,
  toVerbose,
  type TranscriptFormat,
} from '../speech/transcription/transcript-format.ts';
import { once, sseEvent, SSE_HEADERS, streamResponse } from './byte-stream.ts';
import { notConfigured } from './not-configured.ts';
import { problem } from './problem.ts';
import { BUSY_RETRY_MS } from './read.ts';
import type { SpeechParts } from './speech-parts.ts';
import { readTranscribeForm } from './transcribe-form.ts';
import { upstreamProblem, wordsOf } from './upstream-problem.ts';

export const TRANSCRIBE_PATH = '/voice/transcribe';
/** What clients of other transcription services are used to. */
export const MAX_AUDIO_BYTES = 25 * 1024 * 1024;
export const MAX_AUDIO_MS = 2 * 3_600_000;
/** Each holds its file and up to half a minute of sound in memory. */
const MAX_TRANSCRIPTIONS = 4;

/** POST /voice/transcribe: what is said in a recording. */
export function voiceTranscribeRoutes({ recogniser, metrics }: SpeechParts): Hono {
  const slots = new Slots(MAX_TRANSCRIPTIONS);
  return new Hono().post(TRANSCRIBE_PATH, async (c) => {
    if (!recogniser) return notConfigured(c, 'recogniser');
    // Before the body is read: it is what takes the memory.
    const free = slots.take();
    if (!free) return problem(c, 503, 'too-many-requests', 'too many recordings are being transcribed', BUSY_RETRY_MS);
    const closed = metrics.streamOpened('transcribe');
    const ended = once(() => (free(), closed()));
    const respond = async (): Promise<Response> => {
      const form = await readTranscribeForm(c);
      if (!form.ok) return form.problem;
      const { audio, language, response_format: format, stream } = form.value;
      const file = await openAudioFile(audio);
      if (!file.ok) return audioProblem(c, file.problem.kind, file.problem.detail);
      const { durationMs } = file.value;
      if (durationMs !== undefined && durationMs > MAX_AUDIO_MS) return audioProblem(c, 'audio-too-long');
      const options = { isTimed: needsTimes(format), maxMs: MAX_AUDIO_MS, ...(language !== undefined && { language }) };
      const events = transcribe(recogniser, inPieces(toSpeech(file.value)), options, c.req.raw.signal);
      if (stream === 'false' || stream === '0') return asDocument(c, events, format);
      return streamResponse(c, asEvents(events, format, durationMs), SSE_HEADERS, ended);
    };
    let response: Response | undefined;
    try {
      return (response = await respond());
    } finally {
      if (response?.headers.get('content-type') !== SSE_HEADERS['Content-Type']) ended();
    }
  });
}

async function asDocument(
  c: Context,
  events: AsyncIterable<TranscriptionEvent>,
  format: TranscriptFormat,
): Promise<Response> {
  for await (const event of events) {
    if (event.kind === 'unusable') return audioProblem(c, event.reason);
    if (event.kind === 'failed') return upstreamProblem(c, 'transcription server', event.problem);
    if (event.kind !== 'done') continue;
    const headers = { 'Content-Type': mediaTypeOfTranscript(format), 'Cache-Control': 'no-store' };
    return c.body(formatTranscript(event, format), 200, headers);
  }
  // Only for a client that has left.
  return c.body(null, 204);
}

/** The names of events are those of OpenAI's streamed transcriptions; the progress is ours. */
async function* asEvents(
  events: AsyncIterable<TranscriptionEvent>,
  format: TranscriptFormat,
  totalMs: number | undefined,
): AsyncGenerator<Uint8Array, void> {
  const total = totalMs === undefined ? {} : { total_ms: Math.round(totalMs) };
  for await (const event of events) {
    if (event.kind === 'unusable') {
      yield sseEvent({ type: 'error', code: event.reason, detail: AUDIO_PROBLEMS[event.reason].words });
    } else if (event.kind === 'failed') {
      const detail = wordsOf('transcription server', event.problem);
      yield sseEvent({ type: 'error', code: event.problem.kind, detail });
    } else if (event.kind === 'done') {
      const text = format === 'json' || format === 'verbose_json' ? event.text : formatTranscript(event, format);
      yield sseEvent({ type: 'transcript.text.done', ...(format === 'verbose_json' && toVerbose(event)), text });
    } else {
      if (event.text !== '') yield sseEvent({ type: 'transcript.text.delta', delta: event.text });
      yield sseEvent({ type: 'transcript.progress', processed_ms: Math.round(event.doneMs), ...total });
    }
  }
}

const AUDIO_PROBLEMS = {
  'audio-unsupported': { status: 415, words: `this kind of audio cannot be read; send ${KNOWN_FORMATS}` },
  'audio-invalid': { status: 422, words: 'there is no sound in this file that could be read' },
  'audio-too-long': { status: 413, words: `the recording is longer than ${MAX_AUDIO_MS / 3_600_000} hours; cut it` },
} as const;

function audioProblem(c: Context, kind: keyof typeof AUDIO_PROBLEMS, detail?: string): Response {
  const { status, words } = AUDIO_PROBLEMS[kind];
  return problem(c, status, kind, detail === undefined ? words : `${words} (${detail})`);
}
