import { upgradeWebSocket } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocket } from 'ws';
import { parseWireFormat } from '../dialects/gateway/wire-format.ts';
import { openGateway, type GatewayParts } from '../dialects/gateway/open-gateway.ts';
import { clientKeyOf, lostSessionOf } from './client-key.ts';
import type { ClientKeys } from './client-keys.ts';
import { refuseUpgrade } from './client-upgrade.ts';
import { problem } from './problem.ts';

export const VOICE_PATH = '/voice';

export interface VoiceOptions extends GatewayParts {
  keys: ClientKeys;
}

/** WS /voice: a conversation in binary sound. */
export function voiceRoutes({ keys, ...parts }: VoiceOptions): Hono {
  return new Hono().get(
    VOICE_PATH,
    async (c, next) => {
      const isKnown = parseWireFormat(c.req.query()) !== undefined;
      const detail = 'format is pcm16 (rate 8000, 16000 or 24000), pcmu or pcma';
      return refuseUpgrade(c, keys) ?? (isKnown ? await next() : problem(c, 400, 'format-unknown', detail));
    },
    upgradeWebSocket((c) => {
      const format = parseWireFormat(c.req.query());
      const wishes = { resumed: lostSessionOf(c), key: clientKeyOf(c) };
      return {
        // The raw socket carries the data: the wrapper would make an event of its own out of every message.
        onOpen(_event, { raw }) {
          if (raw instanceof WebSocket && format) openGateway(raw, { format, ...wishes }, parts);
        },
      };
    }),
  );
}
