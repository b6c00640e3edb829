import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseParser } from './sse.ts';

/** Feeds the bytes cut at the given places; returns the events, or the problem's kind. */
function parse(bytes: Uint8Array, cuts: readonly number[] = [], maxEventBytes?: number): string[] | string {
  const parser = new SseParser(maxEventBytes);
  const places = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const events: string[] = [];
  for (let i = 1; i < places.length; i++) {
    const result = parser.push(bytes.subarray(places[i - 1], places[i]));
    if (!result.ok) return result.problem.kind;
    events.push(...result.value);
  }
  return events;
}
const utf8 = (text: string) => new TextEncoder().encode(text);
const everyByte = (length: number) => Array.from({ length }, (_, i) => i);

describe('the event stream parser', () => {
  it.each([
    ['plain events', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['lone CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['no space after the colon, and only one taken', 'data:a\n\ndata:  b\n\n', ['a', ' b']],
    ['several data lines as one event', 'data: a\ndata: b\ndata\n\n', ['a\nb\n']],
    ['comments, names and ids beside the data', ': ping\n\nevent: x\nid: 1\ndata: a\nretry: 5\n\n', ['a']],
    ['fields that only begin like data', 'database: no\ndata: yes\n\n', ['yes']],
    ['a byte order mark at the start', '\ufeffdata: a\n\n', ['a']],
    ['nothing of an event that never ended', 'data: a\n\ndata: b\n', ['a']],
    ['nothing of empty events', 'data:\n\n\n\ndata: a\n\n', ['a']],
    ['characters of every width', 'data: aé漢🙂\n\n', ['aé漢🙂']],
  ])('reads %s, however the bytes are cut', (_, stream, events) => {
    const bytes = utf8(stream);
    expect(parse(bytes)).toEqual(events);
    expect(parse(bytes, everyByte(bytes.length))).toEqual(events);
  });

  it('gives the same events for any cutting of any stream', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
      fc.constantFrom(':', ': comment', 'event: x', '', 'data', 'nonsense'),
    );
    const stream = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
      .map((lines) => lines.map(([text, ending]) => text + ending).join(''));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 40 }), (text, cuts) => {
        const bytes = utf8(text);
        expect(parse(bytes, cuts)).toEqual(parse(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('brings back what was written', () => {
    const payloads = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\r/.test(text)));
    fc.assert(
      fc.property(payloads, fc.array(fc.nat()), (events, cuts) => {
        const stream = events
          .map(
            (text) =>
              `${text
                .split('\n')
                .map((part) => `data: ${part}\n`)
                .join('')}\n`,
          )
          .join('');
        expect(parse(utf8(stream), cuts)).toEqual(events.filter((text) => text !== ''));
      }),
    );
  });

  it('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat()), (bytes, cuts) => {
        parse(bytes, cuts);
      }),
    );
  });

  it('reports bytes that are not UTF-8', () => {
    expect(parse(Uint8Array.from([...utf8('data: '), 0xc3, 0x28, 10, 10]))).toBe('event-not-utf8');
  });

  it('bounds an unfinished line, a finished line and the lines of one event', () => {
    expect(parse(utf8(`data: ${'x'.repeat(200)}`), [], 100)).toBe('event-too-large');
    expect(parse(utf8(`data: ${'x'.repeat(200)}\n\n`), [], 100)).toBe('event-too-large');
    expect(parse(utf8('data: xxxxxxxxx\n'.repeat(20)), [], 100)).toBe('event-too-large');
    expect(parse(utf8(`data: ${'x'.repeat(90)}\n\n`.repeat(20)), [], 100)).toHaveLength(20);
  });
});
