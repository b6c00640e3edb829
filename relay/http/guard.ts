import type { Context, MiddlewareHandler } from 'hono';
import { isLoopback } from '../config.ts';
import { problem } from './problem.ts';

/**
 * Lets a request in only under a name of ours and, when a page sent it, only from a page we served under that name.
 * The first stops DNS rebinding (a stranger's name that suddenly points here), the second everything another site's
 * page might send; browsers put an Origin on every WebSocket and every POST or DELETE, so a missing one is no page.
 * `isInvited`: whether a request brings proof of its own that it may come from anywhere.
 */
export function guard(
  allowedHosts: readonly string[],
  isInvited: (c: Context) => boolean = () => false,
): MiddlewareHandler {
  const allowed = new Set(allowedHosts);
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    const name = hostnameOf(host);
    if (name === undefined || !(isLoopback(name) || allowed.has(name))) {
      return problem(c, 421, 'host-not-allowed', 'this relay is not served under that name; see ALLOWED_HOSTS');
    }
    const origin = c.req.header('origin');
    if (origin !== undefined && !isOriginOf(origin, host) && !isInvited(c)) {
      return problem(c, 403, 'origin-not-allowed', 'only pages of this relay may use it');
    }
    return next();
  };
}

/** The name in a Host header, lower case, without port or brackets; undefined when it is no plain host. */
export function hostnameOf(host: string): string | undefined {
  const match = /^(?:\[([0-9a-f:]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

/**
 * Whether `origin` is byte for byte what a browser sends for a page under `host`. Both schemes are ours: behind a
 * proxy that ends TLS the page is https while the relay sees http.
 */
export function isOriginOf(origin: string, host: string): boolean {
  const lower = host.toLowerCase();
  return origin === `http://${lower}` || origin === `https://${lower}`;
}
