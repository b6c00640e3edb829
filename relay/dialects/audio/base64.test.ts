import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from './base64.ts';

/** By the letter, at a price. */
function isBase64(text: string): boolean {
  const match = /^([A-Za-z0-9+/_-]*)(={0,2})$/.exec(text);
  if (!match) return false;
  const [, digits = '', padding = ''] = match;
  return padding === '' ? digits.length % 4 !== 1 : (digits.length + padding.length) % 4 === 0 && digits.length % 4 > 1;
}

describe('base64', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('base64', 'base64url'), (bytes, encoding) => {
        expect(decodeBase64(Buffer.from(bytes).toString(encoding))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('is nothing else', () => {
    const characters = fc.constantFrom(...'Aa9+/-_=== .\n\0é€😀');
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 24 }), (parts) => {
        const text = parts.join('');
        expect(decodeBase64(text) !== undefined, JSON.stringify(text)).toBe(isBase64(text));
      }),
      { numRuns: 5_000 },
    );
  });
});
