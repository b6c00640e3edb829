import type { Server } from 'node:http';
import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server';
import type { Hono } from 'hono';
import type { WebSocketServer } from 'ws';

/** One speaker needs three or four; beyond this somebody is counting how many we can hold. */
const MAX_CONNECTIONS = 1_024;

/** An HTTP server for the app, not yet listening, with time limits on everything a peer could do slowly. */
export function createServer(app: { http: Hono; sockets: WebSocketServer }): Server {
  const server = createAdaptorServer({
    fetch: app.http.fetch,
    // The same object; the two packages only disagree on whether an absent option may be undefined.
    websocket: { server: app.sockets as WebSocketServerLike },
    serverOptions: {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 2_500,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 8 * 1024,
    },
  }) as Server;
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}
