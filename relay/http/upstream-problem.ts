import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { UpstreamProblem, UpstreamProblemKind } from '../upstream/upstream.ts';
import { problem } from './problem.ts';

export type ServerRole = 'speech server' | 'transcription server';

const WORDS: Record<UpstreamProblemKind, { status: ContentfulStatusCode; words: string }> = {
  'upstream-unreachable': { status: 503, words: 'cannot be reached' },
  'upstream-silent': { status: 504, words: 'did not answer in time' },
  'upstream-stalled': { status: 504, words: 'stopped in the middle of its answer' },
  'upstream-died': { status: 502, words: 'broke off in the middle of its answer' },
  'upstream-busy': { status: 503, words: 'is busy; try again in a moment' },
  'upstream-rejected': { status: 422, words: 'refused the request; check voice, language and length' },
  'upstream-unauthorised': { status: 502, words: "does not accept the relay's credentials" },
  'upstream-faulty': { status: 502, words: 'answered with something that makes no sense' },
};

/** What happened at a server of ours, in words for whoever asked. */
export const wordsOf = (role: ServerRole, { kind }: UpstreamProblem): string => `the ${role} ${WORDS[kind].words}`;

export const upstreamProblem = (c: Context, role: ServerRole, failure: UpstreamProblem): Response =>
  problem(c, WORDS[failure.kind].status, failure.kind, wordsOf(role, failure), failure.retryAfterMs);
