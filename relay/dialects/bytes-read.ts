import type { WebSocket } from 'ws';

/** What a WebSocket comes in over: a `net.Socket` counts what it has read. */
export interface Carrier {
  readonly bytesRead: number;
}

/** A WebSocket tells of whole messages only; noted where it is accepted, since it does not show what carries it. */
const carriers = new WeakMap<WebSocket, Carrier>();

export const noteCarrier = (socket: WebSocket, carrier: Carrier): void => void carriers.set(socket, carrier);

/** Bytes that have come in over a WebSocket so far, parts of messages included; 0 where that was not noted. */
export const bytesReadOf = (socket: WebSocket): number => carriers.get(socket)?.bytesRead ?? 0;
