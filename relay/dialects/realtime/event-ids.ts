import { randomBytes } from 'node:crypto';

/** Ids for the events of one connection: unique as far as anybody can see, and cheap, as every piece of sound has one. */
export function createEventIds(): () => string {
  const prefix = `event_${randomBytes(9).toString('hex')}`;
  let count = 0;
  return () => `${prefix}${(count++).toString(36)}`;
}
