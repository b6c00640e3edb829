import { upgradeWebSocket } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocket } from 'ws';
import { openSimple, type SimpleParts } from '../dialects/simple/open-simple.ts';
import type { ClientKeys } from './client-keys.ts';
import { refuseUpgrade } from './client-upgrade.ts';

export const SIMPLE_PATH = '/ws';

export interface SimpleOptions extends SimpleParts {
  keys: ClientKeys;
}

/** WS /ws: for clients of twenty lines. */
export function simpleRoutes({ keys, ...parts }: SimpleOptions): Hono {
  return new Hono().get(
    SIMPLE_PATH,
    async (c, next) => refuseUpgrade(c, keys) ?? (await next()),
    upgradeWebSocket(() => ({
      // The raw socket carries the data: the wrapper would make an event of its own out of every message.
      onOpen(_event, { raw }) {
        if (raw instanceof WebSocket) openSimple(raw, parts);
      },
    })),
  );
}
