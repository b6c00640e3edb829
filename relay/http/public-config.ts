import { Hono } from 'hono';
import * as v from 'valibot';
import { LIMITS, SUBPROTOCOL } from '#protocol';
import { DEFAULT_SYSTEM_PROMPT } from '../session/instructions.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { SOCKET_PATH } from './socket.ts';

/** What the page needs to know before it connects. Every value is public. */
export const PublicConfig = v.object({
  upstream: v.string(),
  model: v.string(),
  hasModel: v.pipe(v.boolean(), v.description('False when the relay only plays back what it hears.')),
  voices: v.array(v.string()),
  systemPrompt: v.pipe(
    v.string(),
    v.description('What the model is told about itself unless a client says otherwise.'),
  ),
  socketPath: v.pipe(v.string(), v.description('Of the WebSocket that calls go over.')),
  subprotocol: v.string(),
  limits: v.object({ maxUtteranceMs: v.number(), maxPromptChars: v.number(), resumeWindowMs: v.number() }),
});
export type PublicConfig = v.InferOutput<typeof PublicConfig>;

/** GET /config. Made anew each time: an upstream may learn its model and voices only once it is up. */
export function configRoutes(upstream: Upstream): Hono {
  const { maxUtteranceMs, maxPromptChars, resumeWindowMs } = LIMITS;
  const config = (): PublicConfig => ({
    upstream: upstream.name,
    model: upstream.model,
    hasModel: upstream.name !== 'echo',
    voices: [...upstream.voices],
    systemPrompt: DEFAULT_SYSTEM_PROMPT,
    socketPath: SOCKET_PATH,
    subprotocol: SUBPROTOCOL,
    limits: { maxUtteranceMs, maxPromptChars, resumeWindowMs },
  });
  return new Hono().get('/config', (c) => c.json(config(), 200, { 'Cache-Control': 'no-store' }));
}
