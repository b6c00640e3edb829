import { Hono } from 'hono';
import { LIMITS, SUBPROTOCOL } from '#protocol';
import { DEFAULT_SYSTEM_PROMPT } from '../session/context.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { SOCKET_PATH } from './socket.ts';

/** What the page needs to know before it connects. Every value is public. */
export interface PublicConfig {
  upstream: string;
  model: string;
  /** False when the relay only plays back what it hears. */
  hasModel: boolean;
  voices: readonly string[];
  systemPrompt: string;
  socketPath: string;
  subprotocol: string;
  limits: { maxUtteranceMs: number; maxPromptChars: number; resumeWindowMs: number };
}

/** GET /config. Made anew each time: an upstream may learn its model and voices only once it is up. */
export function configRoutes(upstream: Upstream): Hono {
  const { maxUtteranceMs, maxPromptChars, resumeWindowMs } = LIMITS;
  const config = (): PublicConfig => ({
    upstream: upstream.name,
    model: upstream.model,
    hasModel: upstream.name !== 'echo',
    voices: upstream.voices,
    systemPrompt: DEFAULT_SYSTEM_PROMPT,
    socketPath: SOCKET_PATH,
    subprotocol: SUBPROTOCOL,
    limits: { maxUtteranceMs, maxPromptChars, resumeWindowMs },
  });
  return new Hono().get('/config', (c) => c.json(config(), 200, { 'Cache-Control': 'no-store' }));
}
