import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { FrameReader, OPCODE, toClientFrame } from './frames.ts';
import type { Stamp } from './stamp.ts';
import type { Wire } from './wire.ts';

/** Read at a time; a little above two down messages. */
const READ_BYTES = 16 * 1024;
const END_OF_HEAD = '\r\n\r\n';

export interface ClientOptions {
  port: number;
  wire: Wire;
  /** A down message has come; undefined: not one that was sent. */
  onAudio(stamp: Stamp | undefined): void;
  /** The server has ended the connection, or it broke. */
  onGone(): void;
}

/**
 * One speaker: a WebSocket client on a plain socket. A library's would cost the generator more than the server that is
 * measured.
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  #head = '';
  #isOpen = false;
  #isClosing = false;
  /** Frames that did not leave because the server takes nothing more. */
  held = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#reader = new FrameReader((opcode, payload) => this.#take(opcode, payload));
    this.#socket = connect({
      ...{ port: options.port, host: '127.0.0.1', noDelay: true },
      onread: {
        buffer: Buffer.alloc(READ_BYTES),
        callback: (length, bytes) => {
          this.#receive(Buffer.from(bytes.buffer, bytes.byteOffset, length));
          return true;
        },
      },
    });
    this.#socket.once('connect', () => this.#socket.write(toHandshake(options)));
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.once('close', () => {
      if (!this.#isClosing) options.onGone();
    });
  }

  sendUp(): void {
    this.#send(this.#options.wire.upFrame);
  }

  /** For the answer that the opening has asked for already, in case it was refused. */
  ask(): void {
    for (const frame of this.#options.wire.ask) this.#send(frame);
  }

  forget(): void {
    const { forget } = this.#options.wire;
    if (forget) this.#send(forget);
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  #send(frame: Buffer): void {
    if (!this.#isOpen || this.#isClosing) return;
    if (this.#socket.writableLength > 0) this.held++;
    else this.#socket.write(frame);
  }

  #receive(bytes: Buffer): void {
    if (this.#isOpen) return this.#reader.push(bytes);
    this.#head += bytes.toString('latin1');
    const end = this.#head.indexOf(END_OF_HEAD);
    if (end < 0) return;
    if (!this.#head.startsWith('HTTP/1.1 101')) {
      this.#socket.destroy();
      return;
    }
    this.#isOpen = true;
    for (const frame of [...this.#options.wire.opening, ...this.#options.wire.ask]) this.#socket.write(frame);
    this.#reader.push(Buffer.from(this.#head.slice(end + END_OF_HEAD.length), 'latin1'));
  }

  #take(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.ping) this.#socket.write(toClientFrame(OPCODE.pong, payload));
    if (opcode === OPCODE.close) this.#socket.end();
    const stamp = this.#options.wire.stampOf(opcode, payload);
    if (stamp !== false) this.#options.onAudio(stamp);
  }
}

const toHandshake = ({ port, wire }: ClientOptions): string =>
  [
    `GET ${wire.path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    END_OF_HEAD,
  ]
    .join('\r\n')
    .replace(/(\r\n)+$/, END_OF_HEAD);
