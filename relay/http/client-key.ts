import type { Context } from 'hono';

const KEY_PROTOCOL = 'openai-insecure-api-key.';
const SESSION_PROTOCOL = 'earshot-session.';
/** Where people put keys that then stand in every log on the way. */
const SECRET_PARAMETERS = ['key', 'api_key', 'api-key', 'apikey', 'token', 'access_token'];

/** The subprotocols a client offers; empty when none. */
export function offeredProtocols(c: Context): string[] {
  const header = c.req.header('sec-websocket-protocol') ?? '';
  return header
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

/**
 * The key a client shows: as a bearer token, in the header `api-key`, or, since pages cannot set headers on a
 * WebSocket, as a subprotocol. Undefined when it shows none.
 */
export function clientKeyOf(c: Context): string | undefined {
  const bearer = /^Bearer\s+(\S{1,256})$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const offered = offeredProtocols(c).find((name) => name.startsWith(KEY_PROTOCOL));
  return bearer ?? c.req.header('api-key') ?? offered?.slice(KEY_PROTOCOL.length);
}

/**
 * The id of the session a client wants to come back to: in the address, which is logged by proxies, or, to keep it out of
 * there, in a header or, by pages, as a subprotocol.
 */
export function lostSessionOf(c: Context): string | undefined {
  const offered = offeredProtocols(c).find((name) => name.startsWith(SESSION_PROTOCOL));
  return c.req.query('session') ?? c.req.header('x-earshot-session') ?? offered?.slice(SESSION_PROTOCOL.length);
}

/** Addresses are logged by every proxy on the way, so no key is taken from there. */
export const hasKeyInAddress = (c: Context): boolean =>
  SECRET_PARAMETERS.some((name) => c.req.query(name) !== undefined);
