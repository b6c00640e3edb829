import { upgradeWebSocket } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocket } from 'ws';
import { notConfigured } from './not-configured.ts';
import { problem } from './problem.ts';
import { ReadConnection } from './read-connection.ts';
import type { SpeechParts } from './speech-parts.ts';

export const READ_STREAM_PATH = '/read/stream';

/** WS /read/stream: texts read aloud under the listener's control. */
export function readStreamRoutes({ narrator, clock, metrics, readSlots: slots }: SpeechParts): Hono {
  const routes = new Hono();
  if (!narrator) return routes.get(READ_STREAM_PATH, (c) => notConfigured(c, 'synthesiser'));
  return routes.get(
    READ_STREAM_PATH,
    (c, next) => {
      if (c.req.header('upgrade')?.toLowerCase() === 'websocket') return next();
      return Promise.resolve(problem(c, 426, 'not-an-upgrade', 'this address speaks WebSocket'));
    },
    upgradeWebSocket(() => ({
      onOpen(_event, { raw }) {
        if (raw instanceof WebSocket) new ReadConnection(raw, { narrator, clock, metrics, slots });
      },
    })),
  );
}
