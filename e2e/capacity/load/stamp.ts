/** Marks audio as the generator's own. */
const MAGIC = 0x1e55;
/** Bytes of a stamp; a multiple of three, so that in base64 it is eight characters of its own. */
export const STAMP_BYTES = 6;
const STAMP_CHARS = 8;

/** Which down frame this is: the line that sent it and its number there. */
export interface Stamp {
  line: number;
  /** Counts up to 65 535 and begins anew. */
  sequence: number;
}

/** How a message carries audio. */
export type AudioEncoding = 'raw' | 'base64';

const scratch = Buffer.alloc(STAMP_BYTES);

/** Writes a stamp over the first samples of the audio that begins at `at`. */
export function writeStamp(message: Buffer, at: number, encoding: AudioEncoding, { line, sequence }: Stamp): void {
  const target = encoding === 'raw' ? message : scratch;
  const from = encoding === 'raw' ? at : 0;
  target.writeUInt16BE(MAGIC, from);
  target.writeUInt16BE(line, from + 2);
  target.writeUInt16BE(sequence, from + 4);
  if (encoding === 'base64') message.write(scratch.toString('base64'), at, STAMP_CHARS, 'latin1');
}

/** Undefined where the audio at `at` is not the generator's. */
export function readStamp(message: Buffer, at: number, encoding: AudioEncoding): Stamp | undefined {
  const source = encoding === 'raw' ? message : scratch;
  const from = encoding === 'raw' ? at : 0;
  if (encoding === 'base64') scratch.write(message.toString('latin1', at, at + STAMP_CHARS), 'base64');
  if (source.readUInt16BE(from) !== MAGIC) return undefined;
  return { line: source.readUInt16BE(from + 2), sequence: source.readUInt16BE(from + 4) };
}
