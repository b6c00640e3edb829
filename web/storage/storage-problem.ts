import type { JournalProblemKind } from '../conversation/ports.ts';
import { messageOf, type Problem } from '#kernel/result';

export type StorageProblem = Problem<JournalProblemKind>;

/** Names what IndexedDB threw. Only the name and the browser's own words are kept; no record ever is. */
export function toStorageProblem(error: unknown): StorageProblem {
  const detail = `${nameOf(error)}: ${messageOf(error)}`;
  switch (nameOf(error)) {
    case 'QuotaExceededError':
      return { kind: 'storage-full', retry: 'later', detail };
    // Written by a newer version of this program, which another tab has loaded.
    case 'VersionError':
      return { kind: 'storage-unavailable', retry: 'reload', detail };
    case 'TimeoutError':
    case 'SecurityError':
    case 'InvalidStateError':
    case 'UnknownError':
    case 'ReferenceError':
      return { kind: 'storage-unavailable', retry: 'later', detail };
    default:
      return { kind: 'storage-failed', retry: 'later', detail };
  }
}

/**
 * Whether a new connection may do what this one did not. Safari drops IndexedDB connections of pages in the
 * background and answers everything on the dead handle with one of these.
 */
export function isDeadConnection(error: unknown): boolean {
  return ['InvalidStateError', 'UnknownError', 'AbortError'].includes(nameOf(error));
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
