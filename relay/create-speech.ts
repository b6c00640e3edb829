import type { Env, UpstreamsConfig } from './config/upstreams-schema.ts';
import { createRecogniserClient, createSynthesiserClient } from './create-server.ts';
import type { Recogniser, Synthesiser } from './upstream/speech.ts';

/** The servers of the speech routes. */
export interface SpeechServers {
  recogniser?: Recogniser;
  synthesiser?: Synthesiser;
  /** Asks them for what can only be known from them, such as their voices. Never throws. */
  start(): void;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Those that are configured; nothing is connected yet. */
export function createSpeechServers(config: UpstreamsConfig | undefined, env: Env): SpeechServers {
  const recogniser = config?.recogniser && createRecogniserClient(config.recogniser, env);
  const synthesiser = config?.synthesiser && createSynthesiserClient(config.synthesiser, env);
  const ending = new AbortController();
  return {
    ...(recogniser && { recogniser }),
    ...(synthesiser && { synthesiser }),
    start: () => void synthesiser?.check(ending.signal),
    close: async () => {
      ending.abort();
      await Promise.all([recogniser?.close(), synthesiser?.close()]);
    },
  };
}
