import type { EventLedger } from './event-ledger.ts';

/** A client event as JSON; what its fields may be is up to the server to say. */
export type ClientEvent = { type: string } & Record<string, unknown>;

/** A function that the app behind a client offers to the model. */
export interface AppTool {
  name: string;
  description: string;
  /** Named texts. */
  parameters: readonly string[];
  run(args: Record<string, string>): string;
}

export interface VoiceAppOptions {
  instructions: string;
  tool: AppTool;
}

/** A client together with the app that uses it: it listens, runs the tool, and stops an answer that is spoken over. */
export interface VoiceClient {
  readonly ledger: EventLedger;
  /** PCM16LE mono, 24 kHz. */
  sendAudio(pcm: Uint8Array): void;
  /** Any event of the wire. */
  send(event: ClientEvent): void;
  /** When the socket was closed, with its code. */
  readonly closed: Promise<number>;
  close(): void;
}
