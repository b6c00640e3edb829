import * as v from 'valibot';
import { BatchRequest } from '../speech/batch-request.ts';
import { ReadCommand, ReadReply } from '../speech/reading-protocol.ts';
import { ReadRequest } from '../speech/read-request.ts';
import { CLIENT_OPERATIONS } from './client-operations.ts';
import { LanguageList } from './languages.ts';
import { END_OF_TURN_PATH, EndOfTurnDocument } from './model-files.ts';
import { ModelList } from './models.ts';
import type { Operation } from './operation.ts';
import { PublicConfig } from './public-config.ts';
import { BATCH_PATH } from './voice-batch.ts';
import { TRANSCRIBE_PATH } from './voice-transcribe.ts';
import { TranscribeForm } from './transcribe-form.ts';
import { READ_PATH } from './read.ts';
import { READ_STREAM_PATH } from './read-stream.ts';
import { SOCKET_PATH } from './socket.ts';

const SPEECH_PROBLEMS = [400, 413, 415, 422, 501, 502, 503, 504];

const Verbose = v.object({
  text: v.string(),
  task: v.exactOptional(v.pipe(v.literal('transcribe'), v.description('This and the rest with `verbose_json` only.'))),
  language: v.exactOptional(v.string()),
  duration: v.exactOptional(v.pipe(v.number(), v.description('Seconds.'))),
  segments: v.exactOptional(
    v.array(v.object({ id: v.number(), start: v.number(), end: v.number(), text: v.string() })),
  ),
});

const Ticket = v.object({
  id: v.pipe(v.string(), v.description('Of the session; no secret.')),
  ticket: v.pipe(v.string(), v.description('Opens one socket, once.')),
  expiresInMs: v.number(),
});

const Health = v.looseObject({
  status: v.pipe(v.string(), v.description('`ok`, or `degraded` when the server behind the relay is down.')),
  version: v.string(),
  uptimeMs: v.number(),
  upstreams: v.array(
    v.looseObject({ name: v.string(), model: v.string(), state: v.picklist(['up', 'down', 'unknown']) }),
  ),
});

/** Every route there is, for /openapi.json; a test holds it against those that are really served. */
export const OPERATIONS: readonly Operation[] = [
  {
    ...{ method: 'post', path: READ_PATH, tag: 'Speech', summary: 'Read a text aloud' },
    description:
      'WAV, PCM of 16 bits at 24 kHz, one channel, sent while it is being spoken: sentence by sentence, the next one ' +
      'made while one is sent. The sizes in its head are 0xFFFFFFFF. If the speech server fails in the middle the ' +
      'connection breaks off. Sentences spoken before come out of a memory. Leaving ends the work at once.',
    body: {
      mediaType: 'application/json',
      schema: ReadRequest,
      example: { text: 'Good morning. Today is a good day to listen.', speed: 1 },
    },
    ...{ status: 200, success: 'The speech.', content: { 'audio/wav': 'bytes' }, problems: SPEECH_PROBLEMS },
  },
  {
    ...{ method: 'get', path: READ_STREAM_PATH, tag: 'Speech', summary: 'Read texts aloud over a WebSocket' },
    description:
      'A WebSocket. The client sends commands as JSON text, the relay answers in JSON text and sends the audio as ' +
      'binary messages: PCM of 16 bits at 24 kHz, one channel, at most 200 ms each and at most five seconds ahead of ' +
      'the time it takes to play. One text at a time; after `complete`, `cancelled` or `error` another may start. ' +
      'While paused nothing is sent, and nothing read from the speech server. The content of 101 below is what goes ' +
      'over the socket: `x-command` the client, `x-reply` the relay.',
    status: 101,
    success: 'Switched to WebSocket.',
    content: { 'application/x-command+json': ReadCommand, 'application/x-reply+json': ReadReply },
    problems: [426, 501],
  },
  {
    ...{ method: 'post', path: BATCH_PATH, tag: 'Speech', summary: 'Speak one text or many' },
    description:
      '`{text}` gives a WAV file. `{items}` gives a ZIP archive in which each WAV is complete as soon as it is made, ' +
      'in whatever order that is; then `manifest.json` (index, name, durationMs) and, where items failed, ' +
      '`errors.json` (index, name, code, detail). With `Accept: text/event-stream` the same comes as events instead: ' +
      '`batch.item` (index, name, durationMs, done, total, audio as base64 WAV), `batch.item.failed` (index, name, ' +
      'code, detail, done, total) and, last, `batch.done` (total, failed). Three items are worked on at a time; one ' +
      'that fails does not stop the others.',
    body: {
      mediaType: 'application/json',
      schema: BatchRequest,
      example: {
        items: [
          { text: 'One.', name: 'one' },
          { text: 'Two.', name: 'two' },
        ],
      },
    },
    ...{ status: 200, success: 'WAV for one text; ZIP, or events, for many.' },
    content: { 'audio/wav': 'bytes', 'application/zip': 'bytes', 'text/event-stream': 'text' },
    problems: SPEECH_PROBLEMS,
  },
  {
    ...{
      method: 'post',
      path: TRANSCRIBE_PATH,
      tag: 'Transcription',
      summary: 'Write down what is said in a recording',
    },
    description:
      'At most 25 MiB and two hours. Long recordings are cut in pauses into pieces of at most 30 s. With ' +
      '`stream=true` it is a text/event-stream: `transcript.text.delta` (delta), `transcript.progress` ' +
      '(processed_ms, total_ms where the file tells it) and, last, `transcript.text.done` (text in the format asked ' +
      'for) or `error` (code, detail). Leaving ends the work at once.',
    body: { mediaType: 'multipart/form-data', schema: TranscribeForm },
    ...{ status: 200, success: 'The words.' },
    content: {
      ...{ 'application/json': Verbose, 'text/plain': 'text', 'application/x-subrip': 'text', 'text/vtt': 'text' },
      'text/event-stream': 'text',
    },
    problems: SPEECH_PROBLEMS,
  },
  {
    ...{ method: 'get', path: '/health', tag: 'Relay', summary: 'Whether the relay and its servers run' },
    ...{ status: 200, success: 'Answers at all: the relay runs.', content: { 'application/json': Health } },
  },
  {
    ...{ method: 'get', path: '/models', tag: 'Relay', summary: 'Models in use, with their voices' },
    ...{ status: 200, success: 'The models.', content: { 'application/json': ModelList } },
  },
  {
    ...{
      method: 'get',
      path: END_OF_TURN_PATH,
      tag: 'Relay',
      summary: 'The model with which pages hear the end of a turn',
    },
    description: '204 where none is offered.',
    ...{ status: 200, success: 'The model.', content: { 'application/json': EndOfTurnDocument } },
  },
  {
    ...{ method: 'get', path: '/models/files/{id}/{file}', tag: 'Relay', summary: 'The file of such a model' },
    description: 'Fetched by the relay when it is first asked for, and kept; checked before anything is sent.',
    parameters: [
      { in: 'path', name: 'id', description: 'Of the model.' },
      { in: 'path', name: 'file', description: 'Its name.' },
    ],
    ...{
      status: 200,
      success: 'An ONNX file.',
      content: { 'application/octet-stream': 'bytes' },
      problems: [404, 503],
    },
  },
  {
    ...{ method: 'get', path: '/languages', tag: 'Relay', summary: 'Languages understood and spoken' },
    ...{ status: 200, success: 'The languages.', content: { 'application/json': LanguageList } },
  },
  {
    ...{ method: 'get', path: '/config', tag: 'Relay', summary: 'What a page needs to know before a call' },
    ...{ status: 200, success: 'Public settings.', content: { 'application/json': PublicConfig } },
  },
  {
    ...{ method: 'get', path: '/metrics', tag: 'Relay', summary: 'Figures for Prometheus' },
    description: 'GPU figures only where a server exposes them.',
    ...{ status: 200, success: 'In the Prometheus text format.', content: { 'text/plain': 'text' } },
  },
  {
    ...{ method: 'get', path: '/openapi.json', tag: 'Relay', summary: 'This description' },
    ...{ status: 200, success: 'OpenAPI 3.1.', content: { 'application/json': v.looseObject({}) } },
  },
  {
    ...{ method: 'post', path: '/session', tag: 'Conversation', summary: 'A ticket for one call' },
    ...{ status: 201, success: 'The ticket.', content: { 'application/json': Ticket } },
  },
  {
    ...{ method: 'delete', path: '/session/{id}', tag: 'Conversation', summary: 'End a call' },
    parameters: [
      { in: 'path', name: 'id', description: 'Of the session.' },
      { in: 'header', name: 'Authorization', description: '`Bearer` and the ticket of the session.' },
    ],
    ...{ status: 204, success: 'Ended.', problems: [401, 404] },
  },
  {
    ...{ method: 'get', path: SOCKET_PATH, tag: 'Conversation', summary: 'The WebSocket that calls go over' },
    description: 'Subprotocol `earshot.v1`; its messages are described in PROTOCOL.md.',
    ...{ status: 101, success: 'Switched to WebSocket.', problems: [400, 426] },
  },
  ...CLIENT_OPERATIONS,
];
