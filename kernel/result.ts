/** An expected outcome, good or bad, as a value. Bugs throw; failures a caller must handle are returned. */
export type Result<T, P = Problem> = { ok: true; value: T } | { ok: false; problem: P };

/** What a caller may do about a problem: try at once, try after a while, never, or load a newer program first. */
export type Retry = 'now' | 'later' | 'never' | 'reload';

/**
 * A failure that somebody has to be told about. `kind` is the stable name (interface words are looked up by it),
 * `detail` is for logs and never holds audio, transcripts or secrets.
 */
export interface Problem<K extends string = string> {
  kind: K;
  retry: Retry;
  detail?: string;
}

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

export const failed = <P>(problem: P): { ok: false; problem: P } => ({ ok: false, problem });

/** The message of anything thrown, for a log line. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Makes a `switch` over a union exhaustive at compile time, and loud at run time. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
