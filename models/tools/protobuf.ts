/** One field of a protobuf message, encoded (developers.google.com/protocol-buffers, "Encoding"). */
export type Field = readonly Uint8Array[];

const WIRE = { varint: 0, bytes: 2, float32: 5 };
const utf8 = new TextEncoder();

export const joinBytes = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
};

/** A whole number in two's complement of 64 bits, seven bits to a byte. */
export function varint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const tag = (number: number, wire: number): Uint8Array => varint(number * 8 + wire);

export const intField = (number: number, value: number): Field => [tag(number, WIRE.varint), varint(value)];

export const floatField = (number: number, value: number): Field => [
  tag(number, WIRE.float32),
  new Uint8Array(Float32Array.of(value).buffer),
];

export const bytesField = (number: number, bytes: Uint8Array): Field => [
  tag(number, WIRE.bytes),
  varint(bytes.length),
  bytes,
];

export const textField = (number: number, text: string): Field => bytesField(number, utf8.encode(text));

export const messageField = (number: number, fields: readonly Field[]): Field => bytesField(number, toMessage(fields));

export const toMessage = (fields: readonly Field[]): Uint8Array<ArrayBuffer> => joinBytes(fields.flat());
