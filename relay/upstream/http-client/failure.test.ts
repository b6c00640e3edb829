import { describe, expect, it } from 'vitest';
import { parseErrorBody, parseRetryAfter, problemOfError, problemOfStatus } from './failure.ts';

describe('what an HTTP status means', () => {
  it.each([
    [400, 'upstream-rejected'],
    [404, 'upstream-rejected'],
    [413, 'upstream-rejected'],
    [422, 'upstream-rejected'],
    [401, 'upstream-unauthorised'],
    [403, 'upstream-unauthorised'],
    [429, 'upstream-busy'],
    [503, 'upstream-busy'],
    [500, 'upstream-faulty'],
    [502, 'upstream-faulty'],
    [302, 'upstream-faulty'],
    [204, 'upstream-faulty'],
  ])('%i is %s', (status, kind) => {
    expect(problemOfStatus(status).kind).toBe(kind);
  });
});

describe('what a broken exchange means', () => {
  const error = (code: string) => Object.assign(new Error('x'), { code });
  it.each([
    ['ECONNREFUSED', false, 'upstream-unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', false, 'upstream-unreachable'],
    ['ECONNRESET', false, 'upstream-unreachable'],
    ['ECONNRESET', true, 'upstream-died'],
    ['UND_ERR_SOCKET', true, 'upstream-died'],
    ['HPE_INVALID_CONSTANT', false, 'upstream-faulty'],
    ['HPE_INVALID_CHUNK_SIZE', true, 'upstream-faulty'],
    ['HPE_INVALID_EOF_STATE', true, 'upstream-died'],
  ])('%s, answered before: %s, is %s', (code, hasAnswered, kind) => {
    expect(problemOfError(error(code), hasAnswered).kind).toBe(kind);
  });
});

describe('Retry-After', () => {
  const nowMs = Date.UTC(2026, 10, 20, 12, 0, 0);
  it.each([
    ['3', 3_000],
    ['0.5', 500],
    ['Fri, 20 Nov 2026 12:00:10 GMT', 10_000],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
    ['99999999', 600_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (header, ms) => {
    expect(parseRetryAfter(header, nowMs)).toBe(ms);
  });
});

describe('error documents', () => {
  it('give their type and status, but never a message that may quote a request', () => {
    expect(parseErrorBody({ error: { type: 'BadRequestError', code: 400, message: 'hello' } })).toEqual({
      status: 400,
      label: 'BadRequestError',
    });
    expect(parseErrorBody({ error: { type: 'said: my password is x', code: 'model_not_found' } })).toEqual({
      label: 'model_not_found',
    });
    expect(parseErrorBody({ object: 'error', type: 'X', code: 404 })).toEqual({ status: 404, label: 'X' });
    expect(parseErrorBody({ error: 'text' })).toEqual({ label: '' });
    for (const other of [{ error: null }, {}, [], null, 'error', { detail: 'Not Found' }])
      expect(parseErrorBody(other)).toBeUndefined();
  });
});
