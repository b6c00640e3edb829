import { ClientMessage as VoiceCommand } from '../dialects/gateway/client-message.ts';
import { ServerMessage as VoiceReply } from '../dialects/gateway/server-message.ts';
import { ClientMessage as SimpleCommand } from '../dialects/simple/client-message.ts';
import { ServerMessage as SimpleReply } from '../dialects/simple/server-message.ts';
import { CLIENT_SECRETS_PATH, ClientSecretDocument, ClientSecretRequest } from './client-secrets.ts';
import { DASHSCOPE_PATH } from './dashscope.ts';
import type { Operation } from './operation.ts';
import { REALTIME_PATH } from './realtime.ts';
import { SIMPLE_PATH } from './simple.ts';
import { VOICE_PATH } from './voice.ts';

const UPGRADE = { status: 101, success: 'Switched to WebSocket.', problems: [400, 401, 426] };

/** Where other people's clients talk to the relay. */
export const CLIENT_OPERATIONS: readonly Operation[] = [
  {
    ...{ method: 'get', path: REALTIME_PATH, tag: 'Realtime', summary: "OpenAI's Realtime API" },
    description:
      'In its GA or its beta names. `?model=` is the model behind the relay, one of OpenAI, or left out; `?session=` ' +
      'comes back to a session whose connection was lost, with the key it was opened with; `?intent=transcription` asks ' +
      'for transcripts alone.',
    ...UPGRADE,
  },
  {
    ...{ method: 'post', path: CLIENT_SECRETS_PATH, tag: 'Realtime', summary: 'A secret of short life for a page' },
    description: 'Minted with one of the keys in `API_KEYS`; a connection made with it begins with `session`.',
    body: {
      mediaType: 'application/json',
      schema: ClientSecretRequest,
      example: { expires_after: { anchor: 'created_at', seconds: 600 }, session: { type: 'realtime' } },
    },
    ...{ status: 200, success: 'The secret.', content: { 'application/json': ClientSecretDocument } },
    problems: [400, 401, 404, 413],
  },
  {
    ...{ method: 'get', path: DASHSCOPE_PATH, tag: 'Realtime', summary: "DashScope's realtime API" },
    description: 'Qwen-Omni-Realtime, or Qwen3-ASR-realtime where `?model=` names it.',
    ...UPGRADE,
  },
  {
    ...{ method: 'get', path: VOICE_PATH, tag: 'Realtime', summary: 'Sound in binary frames, both ways' },
    description:
      'A WebSocket; see docs/gateway.md. Binary messages are sound: PCM of 16 bits at 24 kHz, one channel, or as ' +
      '`?format=pcm16&rate=8000` (16000, 24000), `?format=pcmu` or `?format=pcma` ask for it. Text messages are JSON: ' +
      '`x-command` the client, `x-reply` the relay. `?session=` comes back to a session whose connection was lost, with ' +
      'the key it was opened with.',
    content: { 'application/x-command+json': VoiceCommand, 'application/x-reply+json': VoiceReply },
    ...UPGRADE,
  },
  {
    ...{ method: 'get', path: SIMPLE_PATH, tag: 'Realtime', summary: 'Whole answers, for clients of twenty lines' },
    description: 'A WebSocket; see docs/gateway.md. JSON text messages: `x-command` the client, `x-reply` the relay.',
    content: { 'application/x-command+json': SimpleCommand, 'application/x-reply+json': SimpleReply },
    ...UPGRADE,
  },
];
