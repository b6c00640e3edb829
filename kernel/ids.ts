const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new id: ten characters of time (so that ids sort by creation) and sixteen of randomness, 80 bits, in Crockford's
 * base 32. Follows the ULID layout (github.com/ulid/spec) in lower case.
 */
export function newId(nowMs: number = Date.now()): string {
  let time = '';
  for (let rest = nowMs, i = 0; i < 10; i++) {
    time = ALPHABET[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  let random = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) random += ALPHABET[byte % 32];
  return time + random;
}
