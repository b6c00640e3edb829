import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Clock } from '#kernel/clock';
import type { Metrics } from '../observe/metrics.ts';
import type { FiguresReader } from '../observe/server-figures.ts';

/** GET /metrics in the Prometheus text format, for whoever may call the relay by one of its names. */
export function metricsRoutes(metrics: Metrics, figures: FiguresReader): Hono {
  return new Hono().get('/metrics', async (c) => {
    metrics.serverFigures(await figures.read());
    return c.body(await metrics.render(), 200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' });
  });
}

/** Counts and times every request by the pattern of its route, of which there are few, never by its address. */
export function measureRequests(metrics: Metrics, clock: Clock): MiddlewareHandler {
  return async (c, next) => {
    const startedAtMs = clock.nowMs();
    await next();
    // A WebSocket's upgrade has no response of ours; 101 is what the client saw.
    const status = c.req.header('upgrade') && c.res.status === 200 ? 101 : c.res.status;
    const labels = { route: patternOf(c), method: c.req.method, status: String(status) };
    metrics.requestDone(labels, clock.nowMs() - startedAtMs);
  };
}

/** The route's own pattern among all that matched; what only the web app's files matched is one. */
const patternOf = (c: Context): string => matchedRoutes(c).find(({ path }) => !path.endsWith('*'))?.path ?? '/*';
