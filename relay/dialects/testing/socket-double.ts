import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';

/** The relay's end of a socket without a network: what is said over it is written down as it is said. */
export class SocketDouble extends EventEmitter {
  /** What a slow network has not taken; the test sets it. */
  bufferedAmount = 0;
  /** The network takes nothing: what is sent from now on is unsent. */
  isStalled = false;
  closed: { code: number; reason: string } | undefined;
  /** The peer is gone without a word. */
  isGone = false;
  onSent: (data: string | Uint8Array) => void = () => {};
  #callbacks: (() => void)[] = [];

  /** As the connections want it; what they use of a WebSocket is all here. */
  get socket(): WebSocket {
    return this as unknown as WebSocket;
  }

  send(data: string | Uint8Array, callback: () => void = () => {}): void {
    if (this.closed) throw new Error('sent after the end');
    this.onSent(data);
    this.#callbacks.push(callback);
    if (this.isStalled) this.bufferedAmount += data.length;
    if (this.bufferedAmount === 0) this.drain();
  }

  /** The network has taken everything. */
  drain(): void {
    this.bufferedAmount = 0;
    this.isStalled = false;
    for (const callback of this.#callbacks.splice(0)) callback();
  }

  ping(): void {
    if (!this.isGone) this.emit('pong');
  }

  close(code: number, reason: string): void {
    this.#end(code, reason);
  }

  terminate(): void {
    this.#end(1006, '');
  }

  /** The client says something. */
  hear(data: string | Uint8Array): void {
    if (this.closed) return;
    this.emit('message', Buffer.from(data), typeof data !== 'string');
  }

  #end(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = { code, reason };
    this.emit('close', code);
  }
}
