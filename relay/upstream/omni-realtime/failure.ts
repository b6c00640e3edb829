import { parseRetryAfter, problemOfError, problemOfStatus } from '../http-client/failure.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem, UpstreamProblemKind } from '../upstream.ts';

/** The words servers name their errors by, in type and code; the first that fits counts. */
const NAMES: readonly [RegExp, UpstreamProblemKind][] = [
  [/unauthori[sz]ed|authentication|api_?key|access_?denied|permission|arrear/, 'upstream-unauthorised'],
  [/rate_?limit|throttl|limit_requests|quota|too_?many|busy|unavailable|overload|queue/, 'upstream-busy'],
  [/server_?error|internal|processing|engine/, 'upstream-faulty'],
  [/invalid|unsupported|not_?found|not_?validated|unknown|bad_?request|inspection|policy/, 'upstream-rejected'],
];

/** Only what looks like a name: messages may quote what a user said. */
const nameOf = (value: unknown): string => (typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : '');

/** What an `error` event or the error of a failed response means for the turn. */
export function problemOfErrorEvent(error: unknown, flatCode?: unknown): UpstreamProblem {
  const { type, code, message } = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const said = typeof error === 'string' ? error : message;
  // DashScope takes any voice when it is set and refuses it in its own words at the first synthesis.
  if (typeof said === 'string' && /^voice\b.*\bnot supported/i.test(said)) {
    return toUpstreamProblem('upstream-rejected', 'voice-not-supported');
  }
  if (typeof code === 'number' && code >= 400 && code <= 599) return problemOfStatus(code, nameOf(type));
  const label = [type, code, flatCode].map(nameOf).filter(Boolean).join(' ');
  const kind = NAMES.find(([name]) => name.test(label.toLowerCase()))?.[1];
  return toUpstreamProblem(kind ?? 'upstream-faulty', `error event ${label}`.trim());
}

/** How a socket came to its end from the other side. */
export type SocketEnd =
  /** Never became one. */
  | { kind: 'refused'; status: number; retryAfter?: string }
  | { kind: 'closed'; code: number }
  | { kind: 'broken'; error: unknown };

/** RFC 6455 §7.4.1: what the peer could not make sense of, or what went wrong inside it. */
const FAULTY_CODES = new Set([1002, 1003, 1007, 1010, 1011]);
const REJECTED_CODES = new Set([1008, 1009]);
const TRY_AGAIN_LATER = 1013;

/** Unreachable before the first event of an answer (asking elsewhere costs nothing), dead after it. */
export function problemOfEnd(end: SocketEnd, hasAnswered: boolean): UpstreamProblem {
  if (end.kind === 'refused') return problemOfStatus(end.status, '', parseRetryAfter(end.retryAfter));
  if (end.kind === 'broken') {
    const { code } = end.error as { code?: unknown };
    const isOurs = typeof code === 'string' && code.startsWith('WS_ERR_');
    return isOurs ? toUpstreamProblem('upstream-faulty', code) : problemOfError(end.error, hasAnswered);
  }
  const detail = `closed with ${end.code}`;
  if (FAULTY_CODES.has(end.code)) return toUpstreamProblem('upstream-faulty', detail);
  if (REJECTED_CODES.has(end.code)) return toUpstreamProblem('upstream-rejected', detail);
  if (end.code === TRY_AGAIN_LATER) return toUpstreamProblem('upstream-busy', detail);
  return toUpstreamProblem(hasAnswered ? 'upstream-died' : 'upstream-unreachable', detail);
}
