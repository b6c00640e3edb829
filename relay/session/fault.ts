import { failed, type Problem } from '#kernel/result';
import { ERRORS, type ErrorCode } from '#protocol';

/** A message that could not be followed; told to the client as an `error` and counted against its connection. */
export interface Fault extends Problem<ErrorCode> {
  utterance?: string;
}

export const fault = (kind: ErrorCode, detail: string, utterance?: string): Fault =>
  failed({ kind, retry: ERRORS[kind], detail, ...(utterance !== undefined && { utterance }) }).problem;
