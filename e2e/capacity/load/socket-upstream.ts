import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { FrameReader, OPCODE, toServerFrame } from './frames.ts';
import type { AudioEncoding } from './stamp.ts';
import { StampedMessage } from './stamped-message.ts';
import type { Line, LineListener, Upstream } from './upstream.ts';
import { toDownMessage } from './wire.ts';

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Where pass-throughs connect to, and clients themselves when nothing is between: one WebSocket a stream. */
export class SocketUpstream implements Upstream {
  readonly server: Server = createServer();
  readonly #listener: LineListener;

  constructor(listener: LineListener) {
    this.#listener = listener;
    this.server.on('upgrade', (request: IncomingMessage, socket: Socket) => this.#accept(request, socket));
  }

  #accept({ headers, url = '' }: IncomingMessage, socket: Socket): void {
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key'] ?? ''}${GUID}`)
      .digest('base64');
    socket.setNoDelay(true);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const message = toMessage(url.startsWith('/json') ? 'base64' : 'raw');
    const line: Line = { send: (stamp) => message.send(socket, stamp) };
    const reader = new FrameReader((opcode) => {
      if (opcode === OPCODE.text || opcode === OPCODE.binary) this.#listener.onUp();
    });
    socket.on('data', (bytes: Buffer) => reader.push(bytes));
    // Node leaves an upgraded socket half open.
    for (const end of ['end', 'error']) socket.on(end, () => socket.destroy());
    socket.once('close', () => this.#listener.onClosed(line));
    this.#listener.onOpened(line);
  }
}

function toMessage(encoding: AudioEncoding): StampedMessage {
  const { bytes, audioAt } = toDownMessage(encoding);
  const frame = toServerFrame(encoding === 'raw' ? OPCODE.binary : OPCODE.text, bytes);
  return new StampedMessage(frame, frame.length - bytes.length + audioAt, encoding);
}
