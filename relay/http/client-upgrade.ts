import type { Context } from 'hono';
import { clientKeyOf, hasKeyInAddress, offeredProtocols } from './client-key.ts';
import { KEY_REFUSED, type ClientKeys } from './client-keys.ts';
import { problem } from './problem.ts';

/** Offered beside a key by pages, which cannot set headers: a subprotocol that is offered must be agreed on. */
const SUBPROTOCOL = 'realtime';

/** Why a client's socket is not opened; undefined when it is. */
export function refuseUpgrade(c: Context, keys: ClientKeys): Response | undefined {
  if (!isUpgrade(c)) return problem(c, 426, 'not-an-upgrade', 'this address speaks WebSocket');
  if (hasKeyInAddress(c)) {
    return problem(c, 400, 'query-not-allowed', 'keys belong into a header or a subprotocol, not into the address');
  }
  const offered = offeredProtocols(c);
  if (offered.length > 0 && !offered.includes(SUBPROTOCOL)) {
    return problem(c, 400, 'subprotocol-missing', `offer the subprotocol ${SUBPROTOCOL}`);
  }
  return keys.check(clientKeyOf(c)) ? undefined : problem(c, 401, 'key-refused', KEY_REFUSED);
}

/** A page of any origin may open one of these sockets that shows a key: unlike a cookie, no browser adds it by itself. */
export const isInvitedBy =
  (keys: ClientKeys, paths: readonly string[]) =>
  (c: Context): boolean =>
    paths.includes(c.req.path) && isUpgrade(c) && keys.proves(clientKeyOf(c));

const isUpgrade = (c: Context): boolean => c.req.header('upgrade')?.toLowerCase() === 'websocket';
