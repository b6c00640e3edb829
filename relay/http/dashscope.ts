import { upgradeWebSocket } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocket } from 'ws';
import { openDashScope, type DashScopeParts } from '../dialects/dashscope/open-dashscope.ts';
import { toRelay } from '../dialects/realtime/relay.ts';
import { Slots } from '../speech/slots.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { ClientKeys } from './client-keys.ts';
import { refuseUpgrade } from './client-upgrade.ts';

export const DASHSCOPE_PATH = '/api-ws/v1/realtime';

/** Each may hold a minute of sound, and a request at the recogniser. */
const MAX_RECOGNITIONS = 200;

export interface DashScopeOptions extends Omit<DashScopeParts, 'relay' | 'connections' | 'takePlace'> {
  keys: ClientKeys;
  upstream: Pick<Upstream, 'model' | 'voices'>;
  maxRecognitions?: number;
}

/**
 * GET /api-ws/v1/realtime: upgraded to DashScope's realtime API, conversation or recognition, or refused before it.
 * `closeAll` hangs up on everybody.
 */
export function dashScopeRoutes(options: DashScopeOptions): { routes: Hono; closeAll(): void } {
  const { keys, upstream, maxRecognitions = MAX_RECOGNITIONS, ...shared } = options;
  const slots = new Slots(maxRecognitions);
  const relay = toRelay(upstream, shared.recogniser);
  const connections: DashScopeParts['connections'] = new Set();
  const parts: DashScopeParts = { ...shared, relay, connections, takePlace: () => slots.take() };
  const routes = new Hono().get(
    DASHSCOPE_PATH,
    async (c, next) => refuseUpgrade(c, keys) ?? (await next()),
    upgradeWebSocket((c) => {
      const model = c.req.query('model');
      return {
        // The raw socket carries the data: the wrapper would make an event of its own out of every message.
        onOpen(_event, { raw }) {
          if (raw instanceof WebSocket) openDashScope(raw, model, parts);
        },
      };
    }),
  );
  return {
    routes,
    closeAll() {
      for (const connection of connections) connection.end();
    },
  };
}
