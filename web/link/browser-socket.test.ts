import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toTicket } from './browser-socket.ts';

const body = JSON.stringify({ id: 's', ticket: 't', expiresInMs: 30_000 });

describe('the answer to a ticket request', () => {
  test('is a ticket when the relay gives one', () => {
    expect(toTicket(201, 'application/json; charset=UTF-8', body)).toEqual({ ok: true, value: JSON.parse(body) });
  });

  test.each([
    [200, 'text/html', '<html>Welcome to our hotel</html>', 'network-blocks-voice', 'later'],
    [511, 'text/html', '', 'network-blocks-voice', 'later'],
    [200, 'application/json', '<html>', 'network-blocks-voice', 'later'],
    [401, 'application/json', '{}', 'relay-refused', 'never'],
    [429, 'application/json', '{}', 'relay-busy', 'later'],
    [503, 'text/plain', 'no server', 'relay-busy', 'later'],
    [404, 'text/html', 'no such page', 'relay-unreachable', 'later'],
    [502, 'text/html', 'bad gateway', 'relay-unreachable', 'later'],
  ])('%i %s %s is %s', (status, type, text, kind, retry) => {
    expect(toTicket(status, type, text)).toMatchObject({ ok: false, problem: { kind, retry } });
  });

  test('never throws, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 599 }),
        fc.string(),
        fc.oneof(fc.string(), fc.json()),
        (status, type, text) => {
          const result = toTicket(status, type, text);
          expect(result.ok ? typeof result.value.ticket : result.problem.kind).toBeTypeOf('string');
        },
      ),
      { seed: 2 },
    );
  });
});
