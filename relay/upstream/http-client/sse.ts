import { isAscii } from 'node:buffer';
import { failed, ok, type Problem, type Result } from '#kernel/result';

/** Room for a minute of 24 kHz audio in one line (some deployments send the whole answer at once), and then some. */
export const MAX_EVENT_BYTES = 10 * 1024 * 1024;

export type SseProblem = Problem<'event-too-large' | 'event-not-utf8'>;

const LF = 10;
const CR = 13;
/** `data`, as four bytes read at once. */
const DATA = 0x64617461;
const COLON = 58;
const SPACE = 32;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Server-sent events (WHATWG HTML §9.2) as a line parser over bytes: yields the `data` of each event. Event names,
 * ids, comments and unknown fields are dropped. Bytes are decoded per event, so characters may be split anywhere; what
 * is not UTF-8 is a problem here, not a replacement character in somebody's answer.
 */
export class SseParser {
  /** Pieces of the line not yet ended. */
  #line: Buffer[] = [];
  #heldBytes = 0;
  #data: Buffer[] = [];
  #skipLf = false;
  #isFirstLine = true;
  readonly #maxEventBytes: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(maxEventBytes = MAX_EVENT_BYTES) {
    this.#maxEventBytes = maxEventBytes;
  }

  /** Bytes of an event that is not complete yet. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The events these bytes complete. After a problem the parser is of no further use. */
  push(bytes: Uint8Array): Result<string[], SseProblem> {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const events: string[] = [];
    let start = 0;
    if (this.#skipLf && chunk.length > 0) {
      if (chunk[0] === LF) start = 1;
      this.#skipLf = false;
    }
    // Looked for once, and again only behind the one found: most streams have none.
    let cr = chunk.indexOf(CR, start);
    for (;;) {
      if (cr >= 0 && cr < start) cr = chunk.indexOf(CR, start);
      const lf = chunk.indexOf(LF, start);
      const end = lf < 0 || (cr >= 0 && cr < lf) ? cr : lf;
      if (end < 0) break;
      const line = this.#finishLine(chunk.subarray(start, end));
      if (this.#heldBytes > this.#maxEventBytes) return tooLarge;
      if (line.length > 0) this.#takeField(line);
      else if (this.#data.length > 0) {
        const event = this.#dispatch();
        if (!event.ok) return event;
        if (event.value !== '') events.push(event.value);
      }
      start = end + 1;
      if (chunk[end] === CR) {
        if (start === chunk.length) this.#skipLf = true;
        else if (chunk[start] === LF) start++;
      }
    }
    if (start < chunk.length) {
      this.#line.push(chunk.subarray(start));
      this.#heldBytes += chunk.length - start;
    }
    return this.#heldBytes > this.#maxEventBytes ? tooLarge : ok(events);
  }

  #finishLine(tail: Buffer): Buffer {
    this.#heldBytes += tail.length;
    let line = tail;
    if (this.#line.length > 0) {
      line = Buffer.concat([...this.#line, tail]);
      this.#line = [];
    }
    if (this.#isFirstLine && line.subarray(0, 3).equals(BOM)) line = line.subarray(3);
    this.#isFirstLine = false;
    return line;
  }

  #takeField(line: Buffer): void {
    const isData = line.length >= 4 && line.readUInt32BE(0) === DATA && (line.length === 4 || line[4] === COLON);
    if (!isData) {
      this.#heldBytes -= line.length;
      return;
    }
    this.#data.push(line.subarray(line[5] === SPACE ? 6 : 5));
  }

  #dispatch(): Result<string, SseProblem> {
    const lines = this.#data;
    this.#data = [];
    this.#heldBytes = 0;
    try {
      return ok(lines.map((line) => this.#decode(line)).join('\n'));
    } catch {
      return failed({ kind: 'event-not-utf8', retry: 'never' });
    }
  }

  /** Audio is ASCII, which is copied as it is for a third of what decoding costs. */
  #decode(line: Buffer): string {
    return isAscii(line) ? line.toString('latin1') : this.#decoder.decode(line);
  }
}

const tooLarge = failed({ kind: 'event-too-large' as const, retry: 'never' as const });
