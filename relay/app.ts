import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { WebSocketServer } from 'ws';
import { systemClock, type Clock } from '#kernel/clock';
import { silentLogger, type Logger } from '#kernel/logger';
import { messageOf } from '#kernel/result';
import type { Config } from './config.ts';
import { guard } from './http/guard.ts';
import { healthRoutes } from './http/health.ts';
import { problem } from './http/problem.ts';
import { configRoutes } from './http/public-config.ts';
import { securityHeaders } from './http/security-headers.ts';
import { sessionRoutes } from './http/sessions.ts';
import { createSocketServer, socketRoutes } from './http/socket.ts';
import { staticFiles } from './http/static-files.ts';
import { Tickets } from './http/tickets.ts';
import type { Budgets } from './session/budgets.ts';
import { Registry } from './session/registry.ts';
import type { Upstream } from './upstream/upstream.ts';

const MAX_BODY_BYTES = 64 * 1024;

export interface AppOptions {
  config: Pick<Config, 'allowedHosts'>;
  upstream: Upstream;
  /** Folder of the built web app. */
  webRoot: string;
  version: string;
  clock?: Clock;
  logger?: Logger;
  budgets?: Budgets;
}

export interface App {
  http: Hono;
  sockets: WebSocketServer;
  registry: Registry;
}

/** Joins the parts of the relay; listens to nothing. */
export function createApp(options: AppOptions): App {
  const { config, upstream, webRoot, version, clock = systemClock, logger = silentLogger } = options;
  const budgets = options.budgets ? { budgets: options.budgets } : {};
  const tickets = new Tickets(clock);
  const registry = new Registry({ upstream, clock, logger, ...budgets, onForgotten: (id) => tickets.forget(id) });

  const http = new Hono();
  http.use(securityHeaders());
  http.use(guard(config.allowedHosts));
  const onError = (c: Parameters<typeof problem>[0]) =>
    problem(c, 413, 'body-too-large', `at most ${MAX_BODY_BYTES} bytes`);
  http.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError }));
  http.route('/', healthRoutes({ upstream, clock, version }));
  http.route('/', configRoutes(upstream));
  http.route('/', sessionRoutes(tickets, registry));
  http.route('/', socketRoutes({ registry, tickets, clock, logger, ...budgets }));
  http.route('/', staticFiles(webRoot));
  http.notFound((c) => problem(c, 404, 'not-found', 'there is nothing at this address'));
  http.onError((error, c) => {
    logger.error('http.bug', { reason: messageOf(error) });
    return problem(c, 500, 'internal', 'the relay failed to answer');
  });
  return { http, sockets: createSocketServer(), registry };
}
