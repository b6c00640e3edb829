import { Hono } from 'hono';
import type { Clock } from '#kernel/clock';
import type { Upstream, UpstreamHealth } from '../upstream/upstream.ts';

/** However often the page asks, the upstream is asked no more often than this. */
const FRESH_MS = 5_000;
const CHECK_TIMEOUT_MS = 2_000;

/** GET /health: whether the relay runs (it answers) and what it knows of its upstream. */
export function healthRoutes(options: { upstream: Upstream; clock: Clock; version: string }): Hono {
  const { upstream, clock, version } = options;
  const startedAtMs = clock.nowMs();
  let latest: { atMs: number; health: Promise<UpstreamHealth> } | undefined;
  const check = (): Promise<UpstreamHealth> => {
    if (!latest || clock.nowMs() - latest.atMs > FRESH_MS) {
      latest = { atMs: clock.nowMs(), health: upstream.check(AbortSignal.timeout(CHECK_TIMEOUT_MS)) };
    }
    return latest.health;
  };
  return new Hono().get('/health', async (c) => {
    const { state, latencyMs } = await check();
    return c.json(
      {
        status: state === 'down' ? 'degraded' : 'ok',
        version,
        uptimeMs: Math.round(clock.nowMs() - startedAtMs),
        upstreams: [
          { name: upstream.name, model: upstream.model, state, ...(latencyMs !== undefined && { latencyMs }) },
        ],
      },
      200,
      { 'Cache-Control': 'no-store' },
    );
  });
}
