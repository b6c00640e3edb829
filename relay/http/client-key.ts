import type { Context } from 'hono';

const KEY_PROTOCOL = 'openai-insecure-api-key.';
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

/** Addresses are logged by every proxy on the way, so no key is taken from there. */
export const hasKeyInAddress = (c: Context): boolean =>
  SECRET_PARAMETERS.some((name) => c.req.query(name) !== undefined);
