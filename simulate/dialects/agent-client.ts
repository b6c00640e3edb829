import type { AgentEvent } from './agent-event.ts';

/** The caller's end of one dialect: connected and ready to be spoken to. The server finds the ends of turns. */
export interface AgentClient {
  readonly dialect: string;
  /** The next of the caller's sound: 16-bit mono at LINE_RATE_HZ, any length. */
  send(samples: Int16Array): void;
  /**
   * The caller has heard this much of an answer and hears no more of it. Absent where the dialect has no word for it:
   * such a server reckons with the clock on the wall.
   */
  tellHeard?(answer: string, heardMs: number): void;
  close(): void;
}

export type AgentListener = (event: AgentEvent) => void;

export interface ConnectOptions {
  url: URL;
  /** Sent as the dialect demands and kept nowhere. */
  apiKey?: string;
  /** `telephone`: G.711 on the wire where the dialect can. */
  line: 'wideband' | 'telephone';
  listener: AgentListener;
}

/** Resolves when the server is ready; rejects with what it said otherwise. */
export type Connect = (options: ConnectOptions) => Promise<AgentClient>;
