import type { Retry } from '#kernel/result';

/**
 * Every `code` an `error` message may carry, and what the client may do about it. The codes are stable: words for
 * people are looked up by them. Problems of an upstream may carry a different `retry` of their own.
 */
export const ERRORS = {
  /** Faults of a message: it was dropped, the connection goes on until LIMITS.maxFaults. */
  'json-malformed': 'never',
  'json-too-large': 'never',
  'json-too-deep': 'never',
  'message-invalid': 'never',
  /** Told once per connection and not counted as a fault: the client may be newer than the relay. */
  'unknown-type': 'never',
  'audio-malformed': 'never',
  'audio-too-large': 'never',
  /** Something came before the `hello`, or a second `hello`. */
  'not-ready': 'never',
  /** The handle is already bound to another open utterance. */
  'handle-in-use': 'never',
  /** No utterance has this handle here, or it waited too long half-sent. Begin it again and send from the start. */
  'unknown-handle': 'now',
  'unknown-utterance': 'now',
  /** Frames beyond LIMITS.maxUtteranceMs were dropped; what is there can be committed. */
  'utterance-too-long': 'never',
  /** A new frame for an utterance that is being answered: `reopen` it first. */
  'utterance-committed': 'never',
  /** Another content than the one being answered: `reopen` first. */
  'commit-conflict': 'never',
  'too-many-utterances': 'later',
  'too-many-attempts': 'never',

  /** Reasons told just before a close. */
  'too-many-faults': 'never',
  'hello-late': 'now',
  'ticket-refused': 'now',
  'ticket-missing': 'never',
  'version-unknown': 'reload',
  'relay-full': 'later',
  internal: 'later',

  /** The answer failed; the audio is kept, a `commit` starts the next attempt. */
  'upstream-unreachable': 'later',
  'upstream-silent': 'later',
  'upstream-stalled': 'later',
  'upstream-died': 'later',
  'upstream-busy': 'later',
  'upstream-rejected': 'never',
  'upstream-unauthorised': 'never',
  'upstream-faulty': 'later',
} as const satisfies Record<string, Retry>;

export type ErrorCode = keyof typeof ERRORS;
