import type { LiveResponse } from '../../session/live/live-event.ts';
import type { UpstreamProblemKind } from '../../upstream/upstream.ts';

/** Why a response is not complete; null where it is, or may still be. */
export function writeStatusDetails({ status, reason, problem }: LiveResponse): object | null {
  if (status === 'in-progress' || status === 'completed') return null;
  const type = { type: status };
  if (status === 'failed') return { ...type, error: writeFailure(problem?.kind ?? 'upstream-faulty') };
  return reason === undefined ? type : { ...type, reason: reason.replaceAll('-', '_') };
}

const FAILURES: Record<UpstreamProblemKind, string> = {
  'upstream-unreachable': 'The server that answers cannot be reached.',
  'upstream-silent': 'The server that answers did not begin in time.',
  'upstream-stalled': 'The server that answers stopped in the middle of its answer.',
  'upstream-died': 'The server that answers broke off in the middle of its answer.',
  'upstream-busy': 'The server that answers is busy; try again in a moment.',
  'upstream-rejected': 'The server that answers refused the request.',
  'upstream-unauthorised': "The server that answers does not accept the relay's credentials.",
  'upstream-faulty': 'The server that answers said something that makes no sense.',
};

const writeFailure = (kind: UpstreamProblemKind) => ({
  type: kind === 'upstream-rejected' ? 'invalid_request_error' : 'server_error',
  // The one that clients wait and try again after.
  code: kind === 'upstream-busy' ? 'rate_limit_exceeded' : kind.replaceAll('-', '_'),
  message: FAILURES[kind],
});
