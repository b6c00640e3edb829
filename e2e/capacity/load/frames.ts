/** Kinds of WebSocket frames (RFC 6455 §5.2) that the generator meets. */
export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Any key does: the receiver's work is the same, and a frame that never changes can be written over and over. */
const MASK = Buffer.from([0x5a, 0x3c, 0x71, 0xe2]);

/** A whole message as a server sends it. */
export function toServerFrame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([toHead(opcode, payload.length, 0), payload]);
}

/** A whole message as a client sends it. */
export function toClientFrame(opcode: number, payload: Buffer): Buffer {
  const masked = Buffer.from(payload);
  for (let i = 0; i < masked.length; i++) masked[i] = payload[i]! ^ MASK[i & 3]!;
  return Buffer.concat([toHead(opcode, payload.length, 0x80), MASK, masked]);
}

function toHead(opcode: number, length: number, maskBit: number): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, maskBit | length]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = first;
  if (length < 65_536) {
    head[1] = maskBit | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = maskBit | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return head;
}

/** `payload` is only valid during the call. A masked one is given as it came, as nobody here reads it. */
export type OnFrame = (opcode: number, payload: Buffer) => void;

/** Cuts a stream of bytes into frames. Messages in several frames do not occur between the programs measured here. */
export class FrameReader {
  readonly #onFrame: OnFrame;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  /** Keeps no reference to `chunk`. */
  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const frame = readHead(bytes);
      if (!frame || bytes.length < frame.end) break;
      this.#onFrame(frame.opcode, bytes.subarray(frame.start, frame.end));
      bytes = bytes.subarray(frame.end);
    }
    this.#rest = Buffer.from(bytes);
  }
}

function readHead(bytes: Buffer): { opcode: number; start: number; end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const second = bytes[1]!;
  const short = second & 0x7f;
  const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
  if (bytes.length < 2 + lengthBytes) return undefined;
  const length =
    lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const start = 2 + lengthBytes + (second & 0x80 ? 4 : 0);
  return { opcode: bytes[0]! & 0x0f, start, end: start + length };
}
