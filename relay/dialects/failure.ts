import * as v from 'valibot';
import type { Problem } from '#kernel/result';
import type { Parsed } from '#protocol';
import { milliseconds } from '#protocol/common';
import type { LiveProblemKind } from '../session/live/live-problem.ts';
import type { UpstreamProblem, UpstreamProblemKind } from '../upstream/upstream.ts';
import { CLOSE_CODE } from './live-socket.ts';
import type { Dismissal } from './turn-away.ts';

/** What our own dialects tell of something that went wrong. */
export const Failure = v.strictObject({
  code: v.pipe(v.string(), v.description('Stable.')),
  detail: v.pipe(v.string(), v.description('For people; never what was said.')),
  retry: v.picklist(['now', 'later', 'never', 'reload']),
  retryAfterMs: v.exactOptional(milliseconds),
});
export type Failure = v.InferOutput<typeof Failure>;

type Kind = LiveProblemKind | UpstreamProblemKind;

const WORDS: Record<Kind, string> = {
  'buffer-empty': 'there is no sound to answer',
  'buffer-full': 'five minutes of sound wait for audio.commit; the rest is dropped',
  'item-unknown': 'there is no such part of the conversation',
  'item-exists': 'this part of the conversation exists already',
  'not-spoken': 'this was not spoken',
  'beyond-audio': 'so much was not spoken',
  'call-unknown': 'no such call was made',
  'response-active': 'an answer is being given',
  'no-response': 'no answer is being given',
  'too-many-responses': 'too many answers are being given',
  'upstream-unreachable': 'the inference server cannot be reached',
  'upstream-silent': 'the inference server did not answer in time',
  'upstream-stalled': 'the inference server stopped in the middle of its answer',
  'upstream-died': 'the inference server broke off in the middle of its answer',
  'upstream-busy': 'the inference server is busy; try again in a moment',
  'upstream-rejected': 'the inference server refused the request',
  'upstream-unauthorised': "the inference server does not accept the relay's credentials",
  'upstream-faulty': 'the inference server answered with something that makes no sense',
};

/** In words for people; the problem's own detail is for logs. */
export function failureOf(problem: Problem<Kind> & Pick<UpstreamProblem, 'retryAfterMs'>): Failure {
  const { kind, retry, retryAfterMs } = problem;
  return { code: kind, detail: WORDS[kind], retry, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

const RELAY_FULL: Failure = { code: 'relay-full', detail: 'the relay holds too many sessions', retry: 'later' };

/** How our own dialects send somebody away for whom there is no session. */
export const FULL_HOUSE: Dismissal = {
  ...{ code: RELAY_FULL.code, told: JSON.stringify({ type: 'error', ...RELAY_FULL }) },
  closeCode: CLOSE_CODE.tryAgainLater,
};

/** Only where a message is wrong, never what was there. */
export function faulty(parsed: Exclude<Parsed<unknown>, { kind: 'message' }>): Failure {
  if (parsed.kind === 'unknown') return { code: 'unknown-type', detail: 'there is no such message', retry: 'never' };
  return { code: parsed.code, detail: parsed.detail, retry: 'never' };
}
