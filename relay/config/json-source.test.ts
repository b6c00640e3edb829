import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonSource } from './json-source.ts';

const sourceOf = (text: string) => {
  const parsed = parseJsonSource(text);
  if (!parsed.ok) throw new Error(`line ${parsed.problem.line}: ${parsed.problem.detail}`);
  return parsed.value;
};

const isAccepted = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('a JSON file', () => {
  it('means what JSON.parse says it means, however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, 4, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(sourceOf(text).value).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is refused where JSON.parse refuses it', () => {
    const alphabet = fc.constantFrom(
      ...['{', '}', '[', ']', '"', ':', ',', 'a', '\\', '1', '-', '.', 'e', ' ', '\n', 'null', '"b"', '\u0007'],
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(parseJsonSource(text).ok).toBe(isAccepted(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('knows the line of every value', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.nat()), { minLength: 1 }), (rows) => {
        const text = JSON.stringify(rows, undefined, 2);
        const source = sourceOf(text);
        const lines = text.split('\n');
        for (const [i, row] of rows.entries()) {
          for (const key of Object.keys(row))
            expect(lines[source.lineOf([i, key]) - 1]).toContain(`"${key}": ${row[key]}`);
        }
      }),
    );
  });

  it('gives the line of what is around a value that is not there', () => {
    const source = sourceOf('{\n "a": {\n  "b": 1\n }\n}');
    expect(['a', 'b', 'c'].map((_, i, keys) => source.lineOf(keys.slice(0, i + 1)))).toEqual([2, 3, 3]);
    expect(source.lineOf(['x'])).toBe(1);
  });

  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', 3, '"," or "}" is expected here'],
    ['{\n  "a": 1,\n}', 3, 'no "," may stand before "}"'],
    ['{\n  a: 1\n}', 2, 'a key in double quotes is expected here'],
    ['{\n  "a": yes\n}', 2, 'a value is expected here'],
    ['{\n  "a": 1', 2, '"," or "}" is expected here'],
    ['[\n', 2, 'the file ends too early'],
    ['{}\n{}', 2, 'something follows after the end'],
    ['{"a": "x\ny"}', 1, 'a string is not closed, or has a character that must be escaped'],
    ['{\n"a": 1,\n"a": 2}', 3, 'the key "a" is there twice'],
    ['['.repeat(40), 1, 'nested too deep'],
  ])('says what is wrong and where: %j', (text, line, detail) => {
    expect(parseJsonSource(text)).toEqual({ ok: false, problem: { line, detail } });
  });
});
