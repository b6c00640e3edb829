import { CLIENT_SECRETS_PATH, ClientSecretDocument, ClientSecretRequest } from './client-secrets.ts';
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
      'comes back to a session whose connection was lost; `?intent=transcription` asks for transcripts alone.',
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
    ...{ method: 'get', path: VOICE_PATH, tag: 'Realtime', summary: 'Sound in binary frames, both ways' },
    ...UPGRADE,
  },
  {
    ...{ method: 'get', path: SIMPLE_PATH, tag: 'Realtime', summary: 'Whole answers, for clients of twenty lines' },
    ...UPGRADE,
  },
];
