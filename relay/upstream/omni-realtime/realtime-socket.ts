import { WebSocket, type ClientOptions, type RawData } from 'ws';
import { MAX_EVENT_BYTES } from '../http-client/sse.ts';
import type { SocketEnd } from './failure.ts';

/** Frames held for a consumer that is slower than the network before the network is held back instead. */
const MAX_HELD_FRAMES = 4;
/** A peer that does not answer a closing handshake is left. */
const CLOSE_TIMEOUT_MS = 2_000;

interface Waiting {
  resolve(frame: string | SocketEnd): void;
  reject(reason: Error): void;
}

/** A WebSocket that is pulled from: one frame at a time, and no more of them than one network buffer ahead. */
export class RealtimeSocket {
  /** Called once it has ended, by whomever. */
  onGone: () => void = () => {};
  readonly #ws: WebSocket;
  readonly #frames: string[] = [];
  #waiting: Waiting | undefined;
  #end: SocketEnd | undefined;
  /** While nobody expects anything: called when the socket ends. */
  #onEnd: (() => void) | undefined;
  #sent = 0;

  /** Starts to connect. All dialects let the server speak first. */
  constructor(url: string, headers: Record<string, string>, connectMs: number) {
    // `closeTimeout` is in ws since 8.19, not yet in its types.
    const options: ClientOptions & { closeTimeout: number } = {
      headers,
      handshakeTimeout: connectMs,
      perMessageDeflate: false,
      maxPayload: MAX_EVENT_BYTES,
      closeTimeout: CLOSE_TIMEOUT_MS,
    };
    this.#ws = new WebSocket(url, options);
    this.#ws.on('message', (data, isBinary) => this.#take(data, isBinary));
    this.#ws.on('close', (code) => this.#finish({ kind: 'closed', code }));
    this.#ws.on('error', (error) => this.#finish({ kind: 'broken', error }));
    this.#ws.on('unexpected-response', (request, response) => {
      const retryAfter = response.headers['retry-after'];
      this.#finish({
        kind: 'refused',
        status: response.statusCode ?? 0,
        ...(retryAfter !== undefined && { retryAfter }),
      });
      request.destroy();
    });
  }

  get isOpen(): boolean {
    return this.#end === undefined && this.#ws.readyState === WebSocket.OPEN;
  }

  /** Nothing may be sent before the first frame has come. */
  send(event: object): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    // A send that fails is followed by the end of the socket, which is told to whoever reads.
    this.#ws.send(JSON.stringify({ event_id: `event_${++this.#sent}`, ...event }), () => {});
  }

  /** The next frame, or how the socket ended. Rejects when interrupted. One call at a time. */
  next(): Promise<string | SocketEnd> {
    const frame = this.#frames.shift();
    if (this.#frames.length === 0) this.#ws.resume();
    const ready = frame ?? this.#end;
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Ends a wait; the socket stays as it is. */
  interrupt(): void {
    this.#waiting?.reject(new Error('interrupted'));
    this.#waiting = undefined;
  }

  /** Nobody reads for a while: what comes is dropped, and `onEnd` tells if the socket ends. */
  rest(onEnd: () => void): void {
    this.#frames.length = 0;
    this.#onEnd = onEnd;
    this.#ws.resume();
  }

  /** False when it has ended while resting. */
  wake(): boolean {
    this.#onEnd = undefined;
    return this.isOpen;
  }

  /** Says goodbye; whatever still comes is dropped. */
  close(): void {
    this.rest(() => {});
    this.interrupt();
    this.#ws.close(1000);
  }

  #take(data: RawData, isBinary: boolean): void {
    if (this.#onEnd) return;
    // Every dialect speaks text. Data arrives as one Buffer, ws's default.
    const frame = isBinary ? '' : String(data);
    if (this.#waiting) {
      this.#waiting.resolve(frame);
      this.#waiting = undefined;
      return;
    }
    this.#frames.push(frame);
    if (this.#frames.length >= MAX_HELD_FRAMES) this.#ws.pause();
  }

  #finish(end: SocketEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.onGone();
    this.#waiting?.resolve(end);
    this.#waiting = undefined;
    this.#onEnd?.();
  }
}
