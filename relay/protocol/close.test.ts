import { describe, expect, it } from 'vitest';
import { CLOSE, retryAfterClose } from '#protocol';

describe('close codes', () => {
  it('below 4500 ask to come back, the others do not', () => {
    for (const code of Object.values(CLOSE)) {
      const comesBack = ['now', 'later'].includes(retryAfterClose(code));
      expect(comesBack, String(code)).toBe(code < 4500);
    }
  });

  it.each([
    [1006, 'now'],
    [1001, 'now'],
    [CLOSE.goaway, 'now'],
    [CLOSE.ticketExpired, 'now'],
    [CLOSE.slow, 'later'],
    [CLOSE.overloaded, 'later'],
    [CLOSE.superseded, 'never'],
    [CLOSE.version, 'reload'],
    [4499, 'now'],
    [4999, 'never'],
  ])('%i means %s', (code, retry) => {
    expect(retryAfterClose(code)).toBe(retry);
  });
});
