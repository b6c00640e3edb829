import { upgradeWebSocket } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { openConversation, type OpenAiParts } from '../dialects/openai/open-conversation.ts';
import type { Flavour } from '../dialects/openai/names.ts';
import { toRelay } from '../dialects/realtime/relay.ts';
import type { LiveSessions } from '../session/live/live-sessions.ts';
import type { Recogniser } from '../upstream/speech.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { clientKeyOf, lostSessionOf, offeredProtocols } from './client-key.ts';
import type { ClientKeys } from './client-keys.ts';
import { refuseUpgrade } from './client-upgrade.ts';

export const REALTIME_PATH = '/v1/realtime';
const BETA_SUBPROTOCOL = 'openai-beta.realtime-v1';

export interface RealtimeOptions {
  sessions: LiveSessions;
  keys: ClientKeys;
  upstream: Pick<Upstream, 'model' | 'voices'>;
  recogniser?: Pick<Recogniser, 'model'>;
  clock: Clock;
  logger: Logger;
}

/** GET /v1/realtime: upgraded to OpenAI's Realtime API, or refused before it. */
export function realtimeRoutes(options: RealtimeOptions): Hono {
  const { sessions, keys, upstream, recogniser, clock, logger } = options;
  const relay = toRelay(upstream, recogniser);
  const parts: OpenAiParts = { sessions, relay, clock, logger, owners: new WeakMap() };
  return new Hono().get(
    REALTIME_PATH,
    async (c, next) => refuseUpgrade(c, keys) ?? (await next()),
    upgradeWebSocket((c) => {
      const { model, intent } = c.req.query();
      const key = clientKeyOf(c);
      const wishes = {
        ...{ model, key, resumed: lostSessionOf(c), flavour: flavourOf(c) },
        ...{ isTranscription: intent === 'transcription', update: keys.take(key) },
      };
      return {
        // The raw socket carries the data: the wrapper would make an event of its own out of every message.
        onOpen(_event, { raw }) {
          if (raw instanceof WebSocket) openConversation(raw, wishes, parts);
        },
      };
    }),
  );
}

function flavourOf(c: Context): Flavour | undefined {
  const isBeta = c.req.header('openai-beta')?.includes('realtime=v1') || offeredProtocols(c).includes(BETA_SUBPROTOCOL);
  return isBeta ? 'beta' : undefined;
}
