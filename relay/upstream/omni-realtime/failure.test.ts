import { describe, expect, it } from 'vitest';
import { problemOfEnd, problemOfErrorEvent } from './failure.ts';

describe('an error event', () => {
  it.each([
    [{ type: 'invalid_request_error', code: 'invalid_value', param: 'session.modalities' }, 'upstream-rejected'],
    [{ type: 'invalid_request_error', code: 'unsupported_turn_detection' }, 'upstream-rejected'],
    [{ type: 'invalid_request_error', code: 'invalid_api_key' }, 'upstream-unauthorised'],
    [{ type: 'AccessDenied', code: 'AccessDenied.Unpurchased' }, 'upstream-unauthorised'],
    [{ type: 'rate_limit_error', code: 'rate_limit_exceeded' }, 'upstream-busy'],
    [{ code: 'Throttling.RateQuota' }, 'upstream-busy'],
    [{ type: 'server_error', code: 'internal_error' }, 'upstream-faulty'],
    [{ type: 'InternalServerError', code: 500 }, 'upstream-faulty'],
    [{ type: 'ServiceUnavailableError', code: 503 }, 'upstream-busy'],
    [{ type: 'something_new' }, 'upstream-faulty'],
    [undefined, 'upstream-faulty'],
  ])('of the form %j is %s', (error, kind) => {
    expect(problemOfErrorEvent(error).kind).toBe(kind);
  });

  it('in the flat form has its code beside it', () => {
    expect(problemOfErrorEvent('words', 'processing_error')).toMatchObject({
      kind: 'upstream-faulty',
      detail: 'error event processing_error',
    });
    expect(problemOfErrorEvent('words', 'model_not_validated').kind).toBe('upstream-rejected');
  });

  it('about a voice has a code of its own, and the name of the voice is not passed on', () => {
    const error = { type: 'server_error', code: 'internal_error', message: "Voice 'Cherry' is not supported." };
    expect(problemOfErrorEvent(error)).toMatchObject({ kind: 'upstream-rejected', detail: 'voice-not-supported' });
  });
});

describe('the end of a socket', () => {
  it.each([
    [{ kind: 'closed', code: 1006 }, 'upstream-unreachable', 'upstream-died'],
    [{ kind: 'closed', code: 1000 }, 'upstream-unreachable', 'upstream-died'],
    [{ kind: 'closed', code: 1008 }, 'upstream-rejected', 'upstream-rejected'],
    [{ kind: 'closed', code: 1011 }, 'upstream-faulty', 'upstream-faulty'],
    [{ kind: 'closed', code: 1013 }, 'upstream-busy', 'upstream-busy'],
    [{ kind: 'refused', status: 401 }, 'upstream-unauthorised', 'upstream-unauthorised'],
    [{ kind: 'refused', status: 200 }, 'upstream-faulty', 'upstream-faulty'],
    [{ kind: 'broken', error: { code: 'ECONNREFUSED' } }, 'upstream-unreachable', 'upstream-unreachable'],
    [{ kind: 'broken', error: { code: 'WS_ERR_INVALID_UTF8' } }, 'upstream-faulty', 'upstream-faulty'],
    [{ kind: 'broken', error: new Error('socket hang up') }, 'upstream-unreachable', 'upstream-died'],
  ] as const)('by %j is %s before an answer, and %s in it', (end, before, during) => {
    expect(problemOfEnd(end, false).kind).toBe(before);
    expect(problemOfEnd(end, true).kind).toBe(during);
  });

  it('carries how long a full server wants to be left alone', () => {
    expect(problemOfEnd({ kind: 'refused', status: 503, retryAfter: '3' }, false)).toMatchObject({
      kind: 'upstream-busy',
      retryAfterMs: 3_000,
    });
  });
});
