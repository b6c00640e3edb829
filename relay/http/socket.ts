import { upgradeWebSocket } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { LIMITS, SUBPROTOCOL } from '#protocol';
import { Connection } from '../dialects/earshot/connection.ts';
import type { Budgets } from '../session/budgets.ts';
import type { Registry } from '../session/registry.ts';
import { problem } from './problem.ts';
import type { Tickets } from './tickets.ts';

export const SOCKET_PATH = '/v1/earshot';

export interface SocketOptions {
  registry: Registry;
  tickets: Tickets;
  clock: Clock;
  logger: Logger;
  budgets?: Budgets;
}

/** GET /v1/earshot: upgraded to the native wire, or refused before it. */
export function socketRoutes(options: SocketOptions): Hono {
  const { registry, tickets, clock, logger, budgets = LIMITS } = options;
  const routes = new Hono();
  routes.get(
    SOCKET_PATH,
    (c, next) => {
      if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
        return Promise.resolve(problem(c, 426, 'not-an-upgrade', 'this address speaks WebSocket'));
      }
      // Even a good ticket: an address is logged by every proxy on the way.
      if (new URL(c.req.url).search) {
        return Promise.resolve(problem(c, 400, 'query-not-allowed', 'nothing may be said in the address'));
      }
      const offered = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
      if (!offered.includes(SUBPROTOCOL)) {
        return Promise.resolve(problem(c, 400, 'subprotocol-missing', `offer the subprotocol ${SUBPROTOCOL}`));
      }
      return next();
    },
    upgradeWebSocket((c) => {
      const origin = c.req.header('origin');
      const redeem = (ticket: string, conversation: string) => tickets.redeem(ticket, origin, conversation);
      return {
        // The raw socket carries the data: the wrapper would copy every frame into an event of its own.
        onOpen(_event, { raw }) {
          if (raw instanceof WebSocket) new Connection(raw, { registry, clock, logger, budgets, redeem });
        },
      };
    }),
  );
  return routes;
}
