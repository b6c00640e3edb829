import type { RawData, WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { messageOf } from '#kernel/result';
import { LIMITS } from '#protocol';
import { bytesReadOf } from './bytes-read.ts';

/** Close codes of RFC 6455, as the dialects of other people's clients use them. */
export const CLOSE_CODE = {
  /** The session is over, or somebody else has come back to it. */
  goingAway: 1001,
  policyViolation: 1008,
  internalError: 1011,
  tryAgainLater: 1013,
} as const;

/** Unsent bytes from which an answer waits for the network: five seconds of 24 kHz. */
const WAIT_FROM_BYTES = 256 * 1024;
/** Goes on below it: short of silence at the other end, long enough not to wake for every frame. */
const GO_ON_BELOW_BYTES = 64 * 1024;
/** Beside the longest text. Answers wait long before this much is unsent: who gets here asks and asks, and never reads. */
const MAX_UNSENT_BYTES = LIMITS.maxReplyBufferBytes;

export interface LiveSocketOptions {
  clock: Clock;
  logger: Logger;
  /** Whether it made sense. */
  onText(text: string): boolean;
  /** Left out where all messages are text: another one makes as much sense as an empty text. */
  onBytes?(bytes: Uint8Array): void;
  /** Once, however it came about. */
  onClose(): void;
}

/**
 * One client's WebSocket as a live session needs it: paced by the network, watched for life, and closed on whoever sends
 * nothing but nonsense; one slip is the dialect's to answer.
 */
export class LiveSocket {
  readonly #socket: WebSocket;
  readonly #options: LiveSocketOptions;
  #isOpen = true;
  #isAlive = true;
  /** When last looked at; a message of megabytes takes a slow client longer than it may be silent. */
  #bytesRead = 0;
  /** The longest of what was said at once and may still be unsent. */
  #longestBytes = 0;
  #isTogether = false;
  /** In a row. */
  #faults = 0;
  #stopBeat: () => void = () => {};
  #draining: { done: Promise<void>; goOn: () => void } | undefined;

  constructor(socket: WebSocket, options: LiveSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#isAlive = true));
    socket.on('close', () => this.#ended());
    // Broken frames and limits of the socket itself; `close` follows by itself.
    socket.on('error', () => socket.terminate());
    this.#beat();
  }

  /** However long it is: one text takes the network what it takes, and is held against nobody. */
  sendText(text: string): void {
    if (this.#isTogether) this.#sendNow(text);
    else this.sendTogether(() => this.#sendNow(text));
  }

  /** Everything that `send` says is judged as one text. */
  sendTogether(send: () => void): void {
    if (!this.#isOpen) return;
    const unsentBytes = this.#socket.bufferedAmount;
    if (unsentBytes - this.#longestBytes > MAX_UNSENT_BYTES) return this.#socket.terminate();
    this.#isTogether = true;
    send();
    this.#isTogether = false;
    this.#longestBytes = Math.max(this.#longestBytes, this.#socket.bufferedAmount - unsentBytes);
  }

  #sendNow(text: string): void {
    if (this.#isOpen) this.#socket.send(text, this.#onSent);
  }

  /** Without a copy. */
  sendBytes(bytes: Uint8Array): void {
    if (this.#isOpen && bytes.length > 0) this.#socket.send(bytes, this.#onSent);
  }

  /** See `LiveListener.drained`. */
  drained(): Promise<void> | undefined {
    if (!this.#isOpen || this.#socket.bufferedAmount < WAIT_FROM_BYTES) return undefined;
    if (!this.#draining) {
      let goOn = () => {};
      const done = new Promise<void>((resolve) => (goOn = resolve));
      this.#draining = { done, goOn };
    }
    return this.#draining.done;
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#ended();
    this.#socket.close(code, reason);
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#isOpen) return;
    this.#isAlive = true;
    try {
      // The socket's binary type is the default one: a Buffer.
      const bytes = data as Buffer;
      if (!isBinary) this.#onText(bytes.toString());
      else if (this.#options.onBytes) this.#options.onBytes(bytes);
      else this.#onText('');
    } catch (thrown) {
      // A bug of ours ends this connection only.
      this.#options.logger.error('connection.bug', { reason: messageOf(thrown) });
      this.close(CLOSE_CODE.internalError, 'the relay failed');
    }
  }

  #onText(text: string): void {
    this.#faults = this.#options.onText(text) ? 0 : this.#faults + 1;
    if (this.#faults >= LIMITS.maxFaults) this.close(CLOSE_CODE.policyViolation, 'too many faulty messages');
  }

  readonly #onSent = (): void => {
    if (this.#socket.bufferedAmount >= GO_ON_BELOW_BYTES) return;
    this.#longestBytes = 0;
    this.#goOn();
  };

  #goOn(): void {
    this.#draining?.goOn();
    this.#draining = undefined;
  }

  /** Notices a peer that is gone without a word. */
  #beat(): void {
    this.#stopBeat = this.#options.clock.after(LIMITS.pingIdleMs, () => {
      const bytesRead = bytesReadOf(this.#socket);
      if (!this.#isAlive && bytesRead === this.#bytesRead) return this.#socket.terminate();
      this.#bytesRead = bytesRead;
      this.#isAlive = false;
      this.#socket.ping();
      this.#beat();
    });
  }

  #ended(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stopBeat();
    this.#goOn();
    this.#options.onClose();
  }
}
