import { Hono } from 'hono';
import type { WebSocketServer } from 'ws';
import { systemClock, type Clock } from '#kernel/clock';
import { silentLogger, type Logger } from '#kernel/logger';
import { messageOf } from '#kernel/result';
import type { Config } from './config.ts';
import { createLive } from './create-live.ts';
import { bodyLimits } from './http/body-limits.ts';
import { docsRoutes } from './http/docs.ts';
import { guard } from './http/guard.ts';
import { healthRoutes, type HealthOptions } from './http/health.ts';
import { languageRoutes } from './http/languages.ts';
import { measureRequests, metricsRoutes } from './http/metrics.ts';
import { modelFileRoutes } from './http/model-files.ts';
import { ModelStore } from './http/model-store.ts';
import { modelRoutes } from './http/models.ts';
import { openApiRoutes } from './http/openapi.ts';
import { problem } from './http/problem.ts';
import { configRoutes } from './http/public-config.ts';
import { securityHeaders } from './http/security-headers.ts';
import { sessionRoutes } from './http/sessions.ts';
import { createSocketServer } from './http/socket-server.ts';
import { socketRoutes } from './http/socket.ts';
import { speechRoutes } from './http/speech-routes.ts';
import { staticFiles } from './http/static-files.ts';
import { Tickets } from './http/tickets.ts';
import { Metrics } from './observe/metrics.ts';
import { observeUpstream } from './observe/observe-upstream.ts';
import { FiguresReader, type MetricsPage } from './observe/server-figures.ts';
import type { Budgets } from './session/budgets.ts';
import { Registry } from './session/registry.ts';
import type { Recogniser, Synthesiser } from './upstream/speech.ts';
import type { Upstream } from './upstream/upstream.ts';
import type { StartThread } from './vad/thread.ts';

export interface AppOptions {
  config: Pick<Config, 'allowedHosts'> & Partial<Pick<Config, 'models' | 'apiKeys'>>;
  upstream: Upstream;
  /** What is known of each server behind it, for the health page. */
  servers?: HealthOptions['servers'];
  /** For the speech routes, which answer 501 without them. */
  recogniser?: Recogniser;
  synthesiser?: Synthesiser;
  /** Where inference servers, or the exporters beside them, tell of their GPUs. */
  metricsPages?: readonly MetricsPage[];
  /** Folder of the built web app. */
  webRoot: string;
  version: string;
  /** Where turn detection runs: beside the sockets unless said otherwise. */
  startThread?: StartThread;
  clock?: Clock;
  logger?: Logger;
  budgets?: Budgets;
}

export interface App {
  http: Hono;
  sockets: WebSocketServer;
  registry: Registry;
  /** Ends the sessions of other people's clients, and the threads that listen to them. */
  closeLive(): Promise<void>;
  /** Resolves when no answer to them is being given any more, at the latest after `deadlineMs`. */
  drainLive(deadlineMs: number): Promise<void>;
}

/** Joins the parts of the relay; listens to nothing. */
export function createApp(options: AppOptions): App {
  const { config, upstream, webRoot, version, clock = systemClock, logger = silentLogger } = options;
  const budgets = options.budgets ? { budgets: options.budgets } : {};
  const tickets = new Tickets(clock);
  const metrics = new Metrics();
  const observed = observeUpstream(upstream, metrics, clock);
  const registry = new Registry({
    upstream: observed,
    clock,
    logger,
    ...budgets,
    onForgotten: (id) => tickets.forget(id),
  });

  const served = config.models?.endOfTurn;
  const store = config.models && served && new ModelStore({ served, folder: config.models.folder, clock, logger });
  const endOfTurn = served && store && { served, store };
  const { recogniser, startThread } = options;
  const live = createLive({
    ...{ upstream: observed, clock, logger, allowedHosts: config.allowedHosts, apiKeys: config.apiKeys ?? [] },
    ...(recogniser && { recogniser }),
    ...(endOfTurn && { endOfTurn }),
    ...(startThread && { startThread }),
  });

  metrics.watchEars(live.ears);

  const http = new Hono();
  http.use(measureRequests(metrics, clock));
  http.use(securityHeaders());
  http.use(guard(config.allowedHosts, live.isInvited));
  http.use(bodyLimits());
  http.route('/', healthRoutes({ upstream, ...(options.servers && { servers: options.servers }), clock, version }));
  http.route('/', configRoutes(upstream));
  http.route('/', sessionRoutes(tickets, registry));
  http.route('/', socketRoutes({ registry, tickets, clock, logger, ...budgets }));
  http.route('/', live.routes);
  http.route('/', modelRoutes(options));
  http.route('/', modelFileRoutes(endOfTurn));
  http.route('/', languageRoutes(options));
  http.route('/', speechRoutes({ ...options, clock, metrics }));
  http.route('/', metricsRoutes(metrics, new FiguresReader(options.metricsPages ?? [], clock)));
  http.route('/', openApiRoutes(version));
  http.route('/', docsRoutes());
  http.route('/', staticFiles(webRoot));
  http.notFound((c) => problem(c, 404, 'not-found', 'there is nothing at this address'));
  http.onError((error, c) => {
    logger.error('http.bug', { reason: messageOf(error) });
    return problem(c, 500, 'internal', 'the relay failed to answer');
  });
  return {
    ...{ http, sockets: createSocketServer(), registry },
    drainLive: (deadlineMs) => live.drain(deadlineMs),
    closeLive: () => live.close(),
  };
}
