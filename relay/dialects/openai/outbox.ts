import type { WebSocket } from 'ws';

/** Queued on the socket, from here on answers are not read further: about 3 s of PCM in base64. */
const HIGH_BYTES = 256 * 1024;
const LOW_BYTES = 64 * 1024;
/** Beyond it the client has stopped reading: what is queued now is more than one answer's tail and a long history. */
const MAX_BYTES = 8 * 1024 * 1024;

/** What waits to be taken by the network. */
export class Outbox {
  readonly #socket: WebSocket;
  #drained: { promise: Promise<void>; resolve(): void } | undefined;
  #isClosed = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  send(text: string): void {
    if (this.#isClosed) return;
    this.#socket.send(text, () => this.#sent());
    if (this.#socket.bufferedAmount > MAX_BYTES) this.#socket.terminate();
  }

  /** Undefined while there is room, else when there is again. */
  drained(): Promise<void> | undefined {
    if (this.#isClosed || this.#socket.bufferedAmount <= HIGH_BYTES) return undefined;
    this.#drained ??= deferred();
    return this.#drained.promise;
  }

  /** Lets go whoever waits. */
  close(): void {
    this.#isClosed = true;
    this.#free();
  }

  #sent(): void {
    if (this.#drained && this.#socket.bufferedAmount <= LOW_BYTES) this.#free();
  }

  #free(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}

function deferred(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
