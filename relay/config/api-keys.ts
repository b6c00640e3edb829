import type { Env } from './upstreams-schema.ts';

/** Long enough not to be guessed, and made of what a WebSocket subprotocol may consist of. */
const API_KEY = /^[A-Za-z0-9._~-]{16,200}$/;
/** How secrets of short life begin. */
const RESERVED_PREFIX = 'ek_';

/** The keys of API_KEYS, with which programs prove that they may use the relay. */
export function parseApiKeys(env: Env, wrong: (variable: string, detail: string) => undefined): string[] {
  const keys = (env['API_KEYS'] ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter(Boolean);
  if (!keys.every((key) => API_KEY.test(key) && !key.startsWith(RESERVED_PREFIX))) {
    wrong(
      'API_KEYS',
      'must be keys of 16 to 200 letters, digits or . _ ~ - separated by commas, none of which begins with ek_',
    );
  }
  return keys;
}
