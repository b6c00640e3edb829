import { Hono } from 'hono';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { ServedModel } from './config/model-settings.ts';
import { ClientKeys } from './http/client-keys.ts';
import { clientSecretRoutes } from './http/client-secrets.ts';
import { isInvitedBy } from './http/client-upgrade.ts';
import { DASHSCOPE_PATH, dashScopeRoutes } from './http/dashscope.ts';
import type { ModelStore } from './http/model-store.ts';
import { REALTIME_PATH, realtimeRoutes } from './http/realtime.ts';
import { SIMPLE_PATH, simpleRoutes } from './http/simple.ts';
import { VOICE_PATH, voiceRoutes } from './http/voice.ts';
import { createLiveSessions } from './session/live/live-sessions.ts';
import type { Recogniser } from './upstream/speech.ts';
import type { Upstream } from './upstream/upstream.ts';
import { createEars } from './vad/ears.ts';
import { inProcess } from './vad/in-process.ts';
import type { StartThread } from './vad/thread.ts';

export interface LiveParts {
  upstream: Upstream;
  recogniser?: Recogniser;
  clock: Clock;
  logger: Logger;
  /** Of programs; see ClientKeys. */
  apiKeys: readonly string[];
  allowedHosts: readonly string[];
  endOfTurn?: { served: ServedModel; store: ModelStore };
  /** Where turn detection runs: beside the sockets unless said otherwise. */
  startThread?: StartThread;
}

/** Where pages of other origins may connect that show a key. */
const SOCKET_PATHS = [REALTIME_PATH, DASHSCOPE_PATH, VOICE_PATH, SIMPLE_PATH];

/** Everything that serves other people's clients: their dialects, over live sessions whose turns are heard in threads. */
export function createLive(parts: LiveParts) {
  const { upstream, recogniser, clock, logger, apiKeys, allowedHosts, endOfTurn, startThread = inProcess } = parts;
  const keys = new ClientKeys({ keys: apiKeys, isLoopbackOnly: allowedHosts.length === 0, clock });
  const ears = createEars({
    ...{ start: startThread, logger, clock },
    ...(endOfTurn && { endOfTurn: { model: endOfTurn.served.model, file: () => endOfTurn.store.path() } }),
  });
  const heard = { upstream, ...(recogniser && { recogniser }), ears, clock, logger };
  const sessions = createLiveSessions(heard);
  const dashScope = dashScopeRoutes({ ...heard, sessions, keys });
  const routes = new Hono()
    .route('/', realtimeRoutes({ ...heard, sessions, keys }))
    .route('/', dashScope.routes)
    .route('/', clientSecretRoutes({ ...heard, keys }))
    .route('/', voiceRoutes({ sessions, keys, clock, logger }))
    .route('/', simpleRoutes({ sessions, keys, clock, logger }));
  return {
    routes,
    /** For whoever watches how they keep up. */
    ears,
    isInvited: isInvitedBy(keys, SOCKET_PATHS),
    /** Lets the answers finish that are being given. */
    drain: (deadlineMs: number): Promise<void> => sessions.drain(deadlineMs),
    /** Ends every session and thread. */
    async close(): Promise<void> {
      dashScope.closeAll();
      sessions.closeAll();
      await ears.close();
    },
  };
}
