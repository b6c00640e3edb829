import type { Readable } from 'node:stream';

/** Unread bytes from which the server has to wait. */
const WAIT_FROM_BYTES = 64 * 1024;

/**
 * The pieces of a body, for one reader. A stream's own iterator costs twice as much for each, because every piece goes
 * through the stream's buffer and waits for the next turn of the loop there. Whoever stops reading destroys the body.
 */
export class BodyPieces implements AsyncIterator<Buffer> {
  readonly #body: Readable;
  readonly #unread: Buffer[] = [];
  #unreadBytes = 0;
  #hasEnded = false;
  #error: unknown;
  #waiting: { resolve: (result: IteratorResult<Buffer>) => void; reject: (error: unknown) => void } | undefined;

  constructor(body: Readable) {
    this.#body = body;
    body.on('data', (piece: Buffer) => this.#take(piece));
    body.once('end', () => this.#end(undefined));
    body.once('error', (error) => this.#end(error));
    // Without an end: destroyed by somebody who gave no reason.
    body.once('close', () => this.#end(new Error('closed before its end')));
  }

  /** Rejects as the body fails, after everything that came before. One call at a time. */
  next(): Promise<IteratorResult<Buffer>> {
    const piece = this.#unread.shift();
    if (piece) {
      this.#unreadBytes -= piece.length;
      if (this.#unread.length === 0 && this.#body.isPaused()) this.#body.resume();
      return Promise.resolve({ done: false, value: piece });
    }
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  #take(piece: Buffer): void {
    const waiting = this.#waiting;
    if (waiting) {
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: piece });
      return;
    }
    this.#unread.push(piece);
    this.#unreadBytes += piece.length;
    if (this.#unreadBytes >= WAIT_FROM_BYTES) this.#body.pause();
  }

  #end(error: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#error = error;
    if (error === undefined) this.#waiting?.resolve({ done: true, value: undefined });
    else this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
