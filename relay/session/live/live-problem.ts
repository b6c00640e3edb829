import type { Problem } from '#kernel/result';

export type LiveProblemKind =
  /** Nothing was appended since the last commit or clear. */
  | 'buffer-empty'
  | 'buffer-full'
  | 'item-unknown'
  | 'item-exists'
  /** Only an answer that was spoken can be truncated. */
  | 'not-spoken'
  | 'beyond-audio'
  /** What a tool has told, of a call that was never made. */
  | 'call-unknown'
  | 'response-active'
  | 'no-response'
  | 'too-many-responses';

export type LiveProblem = Problem<LiveProblemKind>;

/** All of them are the client's doing: asking again the same way does not help. */
export const liveProblem = (kind: LiveProblemKind): LiveProblem => ({ kind, retry: 'never' });
