import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { UpstreamProblemKind } from '../upstream/upstream.ts';

/** Stable names of what can go wrong over HTTP; `type` of the problem is `about:blank`, so `code` tells them apart. */
export type HttpProblemCode =
  | 'not-found'
  | 'host-not-allowed'
  | 'origin-not-allowed'
  | 'not-an-upgrade'
  | 'subprotocol-missing'
  | 'query-not-allowed'
  | 'session-unknown'
  | 'ticket-missing'
  | 'key-refused'
  | 'format-unknown'
  | 'body-too-large'
  | 'body-invalid'
  | 'media-unsupported'
  | 'audio-unsupported'
  | 'audio-invalid'
  | 'audio-too-long'
  | 'too-many-requests'
  | 'synthesiser-missing'
  | 'recogniser-missing'
  | 'docs-not-installed'
  | 'model-unavailable'
  | UpstreamProblemKind
  | 'app-not-built'
  | 'internal';

/** An RFC 9457 body with the problem's name as an extension member. */
export function problem(
  c: Context,
  status: ContentfulStatusCode,
  code: HttpProblemCode,
  detail: string,
  retryAfterMs?: number,
): Response {
  return c.json({ type: 'about:blank', title: code, status, code, detail }, status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...(retryAfterMs !== undefined && { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
  });
}
