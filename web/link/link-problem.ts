import type { LinkProblemKind } from '../conversation/ports.ts';
import type { Problem } from '#kernel/result';
import { CLOSE, retryAfterClose } from '#protocol/close';

export type LinkProblem = Problem<LinkProblemKind>;

/** Why a connection ended, in the link's own terms. */
export function problemOfClose(code: number): LinkProblem {
  return { kind: kindOfClose(code), retry: retryAfterClose(code), detail: `close ${code}` };
}

function kindOfClose(code: number): LinkProblemKind {
  if (code === CLOSE.superseded) return 'relay-superseded';
  if (code === CLOSE.version) return 'relay-too-old';
  if (code === CLOSE.overloaded || code === CLOSE.slow) return 'relay-busy';
  if (retryAfterClose(code) === 'never') return 'relay-refused';
  return 'relay-unreachable';
}

export const UNREACHABLE: LinkProblem = { kind: 'relay-unreachable', retry: 'now' };

/** The relay answers over HTTP but sockets never open: a proxy or a portal in between eats the upgrade. */
export const UPGRADE_BLOCKED: LinkProblem = {
  kind: 'network-blocks-voice',
  retry: 'later',
  detail: 'a ticket was given but the socket did not open',
};
