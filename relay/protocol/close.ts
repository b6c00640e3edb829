import type { Retry } from '#kernel/result';

/**
 * Close codes of `earshot.v1`: 4000–4499 mean come back, 4500–4999 mean don't. This is the only table either side
 * consults; nobody reads the reason text.
 */
export const CLOSE = {
  /** The relay is going away or the socket has lived long enough; come back at once, anywhere. */
  goaway: 4001,
  /** The reader did not keep up; everything is kept for a resume. */
  slow: 4002,
  pingTimeout: 4003,
  /** The ticket was unknown, used or too old; fetch another. */
  ticketExpired: 4004,
  overloaded: 4013,
  badRequest: 4500,
  unauthorised: 4501,
  limit: 4502,
  /** Another tab or window took this conversation over. */
  superseded: 4503,
  /** The other side speaks no version we know; load the page again. */
  version: 4510,
} as const;

export type CloseName = keyof typeof CLOSE;

/** What a client may do after a close. Codes we did not give (1006 and friends) are lost connections. */
export function retryAfterClose(code: number): Retry {
  if (code === CLOSE.version) return 'reload';
  if (code >= 4500 && code <= 4999) return 'never';
  if (code === CLOSE.overloaded || code === CLOSE.slow) return 'later';
  return 'now';
}
