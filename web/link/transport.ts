import type { LinkProblemKind } from '../conversation/ports.ts';
import type { Problem, Result } from '#kernel/result';

/**
 * The part of a WebSocket the link uses. A subset on purpose: three methods and four callbacks can be played
 * faithfully by an in-memory pair, so the code under test is the code that ships.
 */
export interface RelaySocket {
  send(message: string | Uint8Array<ArrayBuffer>): void;
  close(code: number): void;
  /** Bytes accepted by `send` that have not left yet. */
  bufferedAmount(): number;
}

export interface SocketEvents {
  opened(): void;
  text(json: string): void;
  binary(bytes: Uint8Array): void;
  /** Exactly once, also when it never opened. 1006: lost without a close frame. */
  closed(code: number): void;
}

/** Opens one socket; never throws, a refusal is `closed`. After `close()` no event but `closed` may follow. */
export type OpenSocket = (events: SocketEvents) => RelaySocket;

/** What admits one connection; single use. */
export interface Ticket {
  id: string;
  ticket: string;
  expiresInMs: number;
}

export type FetchTicket = (signal: AbortSignal) => Promise<Result<Ticket, Problem<LinkProblemKind>>>;
