import type { MiddlewareHandler } from 'hono';

/**
 * What every answer of the relay carries, errors too. The page runs scripts and workers from its own files only
 * (wasm-unsafe-eval is what compiling WebAssembly needs and nothing more) and talks to nobody but this relay.
 */
export function securityHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    // A refused or accepted upgrade has no page to protect.
    if (c.req.header('upgrade')) return;
    // One page has a policy of its own.
    if (!c.res.headers.has('Content-Security-Policy'))
      c.header('Content-Security-Policy', policyFor(c.req.header('host') ?? ''));
    c.header('Permissions-Policy', 'microphone=(self), camera=(), geolocation=(), display-capture=()');
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cross-Origin-Opener-Policy', 'same-origin');
    c.header('Cross-Origin-Resource-Policy', 'same-origin');
    c.header('X-Frame-Options', 'DENY');
  };
}

function policyFor(host: string): string {
  // 'self' covers ws: by the CSP3 text and in Chromium, but not in older Safari (WebKit bug 201591).
  const sockets = /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `connect-src 'self'${sockets}`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
