import type { Retry } from '#kernel/result';
import type { UpstreamProblem, UpstreamProblemKind } from './upstream.ts';

/** What asking again may bring. A broken or garbled answer is worth one fresh attempt at once; a full server is not. */
const RETRY: Record<UpstreamProblemKind, Retry> = {
  'upstream-unreachable': 'later',
  'upstream-silent': 'later',
  'upstream-stalled': 'now',
  'upstream-died': 'now',
  'upstream-busy': 'later',
  'upstream-rejected': 'never',
  'upstream-unauthorised': 'never',
  'upstream-faulty': 'now',
};

/** `detail` is for logs: codes and counts, never what a server wrote, which may quote what a user said. */
export function toUpstreamProblem(kind: UpstreamProblemKind, detail: string, retryAfterMs?: number): UpstreamProblem {
  return { kind, retry: RETRY[kind], detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
