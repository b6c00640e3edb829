import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem } from '../upstream.ts';

/** Longer than this a server's wish to be left alone is not believed. */
const MAX_RETRY_AFTER_MS = 600_000;

/** What an HTTP status, of a response or quoted inside a stream, means for the turn. */
export function problemOfStatus(status: number, label = '', retryAfterMs?: number): UpstreamProblem {
  const detail = label === '' ? `HTTP ${status}` : `HTTP ${status} ${label}`;
  if (status === 401 || status === 403) return toUpstreamProblem('upstream-unauthorised', detail);
  if (status === 429 || status === 503) return toUpstreamProblem('upstream-busy', detail, retryAfterMs);
  if (status >= 400 && status < 500) return toUpstreamProblem('upstream-rejected', detail);
  return toUpstreamProblem('upstream-faulty', detail);
}

/** Milliseconds of a Retry-After header: seconds or a date (RFC 9110 §10.2.3). */
export function parseRetryAfter(header: string | undefined, nowMs = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(0, Math.round(ms)), MAX_RETRY_AFTER_MS) : undefined;
}

export interface ErrorBody {
  /** The HTTP status the error stands for, where it says one. */
  status?: number;
  /** Its type, only if it looks like a name: messages may quote the request. */
  label: string;
}

/** The error document of the OpenAI-compatible world: `{error: {type, code}}`, older `{object: "error", …}`, or bare. */
export function parseErrorBody(json: unknown): ErrorBody | undefined {
  if (!isRecord(json)) return undefined;
  const error = json['object'] === 'error' ? json : json['error'];
  if (error === undefined || error === null) return undefined;
  if (!isRecord(error)) return { label: '' };
  const { code, type } = error;
  const label = [type, code].find((name) => typeof name === 'string' && /^[\w.-]{1,64}$/.test(name));
  const isStatus = typeof code === 'number' && code >= 400 && code <= 599;
  return { ...(isStatus ? { status: code } : {}), label: typeof label === 'string' ? label : '' };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

/**
 * What a failed exchange means: a server that does not speak HTTP is faulty; one that breaks off is unreachable before
 * its first event (asking elsewhere costs nothing) and dead after.
 */
export function problemOfError(error: unknown, hasAnswered: boolean): UpstreamProblem {
  const code = codeOf(error);
  if (code === 'HTTPParserError' || (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE')) {
    return toUpstreamProblem('upstream-faulty', code);
  }
  if (UNREACHABLE.has(code) || !hasAnswered) return toUpstreamProblem('upstream-unreachable', code);
  return toUpstreamProblem('upstream-died', code);
}

function codeOf(error: unknown): string {
  if (!isRecord(error)) return 'unknown';
  // undici's parser errors often carry no code.
  const { code, name } = error;
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'unknown';
}
