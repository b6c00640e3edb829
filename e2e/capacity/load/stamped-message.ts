import { writeStamp, type AudioEncoding, type Stamp } from './stamp.ts';

/** What a socket is asked about the bytes it was given. */
interface Writable {
  write(bytes: Buffer): boolean;
  readonly writableLength: number;
}

/** One message with audio in it, sent over and over with nothing but its stamp changed. */
export class StampedMessage {
  #bytes: Buffer;
  readonly #audioAt: number;
  readonly #encoding: AudioEncoding;

  constructor(bytes: Buffer, audioAt: number, encoding: AudioEncoding) {
    this.#bytes = Buffer.from(bytes);
    this.#audioAt = audioAt;
    this.#encoding = encoding;
  }

  send(socket: Writable, stamp: Stamp): void {
    writeStamp(this.#bytes, this.#audioAt, this.#encoding, stamp);
    socket.write(this.#bytes);
    // What has not left yet must not be written over.
    if (socket.writableLength > 0) this.#bytes = Buffer.from(this.#bytes);
  }
}
