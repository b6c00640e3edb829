import type { Problem } from '#kernel/result';

/** What the big control shows. Honest: each value is true of the machine at that moment. */
export type Status =
  | 'idle'
  | 'connecting'
  | 'listening'
  | 'hearing'
  | 'thinking'
  | 'speaking'
  | 'muted'
  | 'reconnecting'
  | 'trouble';

/** Everything the screen may know about a running call. */
export interface CallView {
  status: Status;
  isMuted: boolean;
  link: 'closed' | 'connecting' | 'online' | 'waiting' | 'failed';
  /** The answer is being held quieter while we find out whether the user really speaks. */
  isDucked: boolean;
  /** Place in the upstream's queue, when waiting for one. */
  queued?: { position: number; etaMs: number };
  problem?: Problem;
}

export const IDLE_VIEW: CallView = { status: 'idle', isMuted: false, link: 'closed', isDucked: false };
