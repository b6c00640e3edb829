import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCallMarkup } from './call-markup.ts';

const read = (body: string) => parseCallMarkup(body).map(({ name, arguments: written }) => [name, written]);

describe('the body of a call', () => {
  it.each([
    ['JSON', '{"name": "look", "arguments": {"at": "sea"}}', [['look', '{"at":"sea"}']]],
    ['JSON with its arguments as text', '{"name": "look", "arguments": "{\\"at\\": 1}"}', [['look', '{"at": 1}']]],
    ['JSON with parameters', '{"name": "look", "parameters": {"at": 1}}', [['look', '{"at":1}']]],
    ['JSON without arguments', ' {"name": "look"}\n', [['look', '{}']]],
    [
      'a list',
      '[{"name": "a", "arguments": {}}, {"name": "b", "arguments": {}}]',
      [
        ['a', '{}'],
        ['b', '{}'],
      ],
    ],
    [
      'tags',
      '<function=look>\n<parameter=at>\nsea\n</parameter>\n<parameter=far>\ntrue\n</parameter>\n</function>',
      [['look', '{"at":"sea","far":true}']],
    ],
    ['tags without parameters', '<function=look>\n</function>', [['look', '{}']]],
    ['faulty JSON', '{"name": "look", "arguments": {"at": \'sea\'}}', [['look', '{"at": \'sea\'}']]],
    ['JSON that was cut off', '{"name": "look", "arguments": {"at": "se', [['look', '{"at": "se']]],
    ['no name', '{"arguments": {}}', []],
    ['something else', 'I would look.', []],
    ['nothing', '', []],
  ])('is read from %s', (_, body, calls) => {
    expect(read(body)).toEqual(calls);
  });

  it('of any form is calls or none, and never throws', () => {
    const pieces = fc.constantFrom('{', '}', '"name": ', '"a"', '"arguments": ', '<function=', '>', '<parameter=', ',');
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(pieces).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        for (const { name, callId } of parseCallMarkup(body)) expect([name, callId]).not.toContain('');
      }),
    );
  });

  it('is read in no time where a model has lost itself in blanks', () => {
    const startedMs = performance.now();
    expect(read(`{"name": "look", "arguments": {"at"${' \n'.repeat(50_000)}x`)).toHaveLength(1);
    expect(performance.now() - startedMs).toBeLessThan(200);
  });

  it('gets a name of its own each time', () => {
    const ids = Array.from({ length: 3 }, () => parseCallMarkup('{"name": "look"}')[0]?.callId);
    expect(new Set(ids).size).toBe(3);
  });
});
