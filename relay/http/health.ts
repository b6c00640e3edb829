import { Hono } from 'hono';
import type { Clock } from '#kernel/clock';
import type { Upstream, UpstreamHealth } from '../upstream/upstream.ts';

/** However often the page asks, the upstream is asked no more often than this. */
const FRESH_MS = 5_000;
const CHECK_TIMEOUT_MS = 2_000;

export interface HealthOptions {
  upstream: Upstream;
  /** What is known of each server, where there are several; nothing is asked of them for it. */
  servers?: () => readonly { state: UpstreamHealth['state'] }[];
  clock: Clock;
  version: string;
}

/** GET /health: whether the relay runs (it answers) and what it knows of who answers for it. */
export function healthRoutes({ upstream, servers, clock, version }: HealthOptions): Hono {
  const startedAtMs = clock.nowMs();
  let latest: { atMs: number; health: Promise<UpstreamHealth> } | undefined;
  const askAlone = async () => {
    if (!latest || clock.nowMs() - latest.atMs > FRESH_MS) {
      latest = { atMs: clock.nowMs(), health: upstream.check(AbortSignal.timeout(CHECK_TIMEOUT_MS)) };
    }
    const { state, latencyMs } = await latest.health;
    return [{ name: upstream.name, model: upstream.model, state, ...(latencyMs !== undefined && { latencyMs }) }];
  };
  return new Hono().get('/health', async (c) => {
    const upstreams = await (servers ?? askAlone)();
    const isDegraded = upstreams.every(({ state }) => state === 'down');
    const body = {
      status: isDegraded ? 'degraded' : 'ok',
      version,
      uptimeMs: Math.round(clock.nowMs() - startedAtMs),
      upstreams,
    };
    return c.json(body, 200, { 'Cache-Control': 'no-store' });
  });
}
