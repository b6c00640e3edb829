import type { Part } from '../part.ts';
import { runWire } from './run-wire.ts';

/** Where the key of the server to be measured is looked for. */
const KEY_VARIABLE = 'RIG_SERVER_KEY';

/** Somebody else's realtime server, or ours through OpenAI's wire. */
export const wirePart: Part = {
  obstacle: async ({ server }) => (server === undefined ? 'no server given (--server=wss://…)' : undefined),
  run: ({ server, minutes, say }) => {
    if (server === undefined) throw new Error('no server given');
    const apiKey = process.env[KEY_VARIABLE];
    return runWire({ server, noiseMinutes: Math.min(10, minutes / 2), say, ...(apiKey !== undefined && { apiKey }) });
  },
};
