import type { TurnReport } from '#protocol';
import { Assembly } from './assembly.ts';
import type { Attempt } from './attempt.ts';

/** A failed attempt leaves its utterance `assembling`: its audio is kept, and may grow before the next commit. */
export type Phase = 'assembling' | 'waiting' | 'running' | 'done';

/** One utterance the client has not let go of yet. */
export class Turn {
  readonly utterance: string;
  readonly role: 'turn' | 'history';
  readonly assembly: Assembly;
  phase: Phase = 'assembling';
  /** The last attempt number given; 0 before the first commit. */
  attempt = 0;
  /** The attempt the client asked for; the relay may have started another since by itself. */
  askedAttempt = 0;
  /** Hash of the audio that was committed. */
  committed: string | undefined;
  /** Its last attempt failed, and it was not asked again since. */
  hasFailed = false;
  acceptedAtMs = 0;
  reply: Attempt | undefined;
  /** On the current connection; undefined until the client has begun it there. */
  handle: number | undefined;
  /** Position of the last gap told about, so that the frames already on their way behind it are not told again. */
  gapAt: number | undefined;
  hasOverflowed = false;
  touchedAtMs = 0;
  hasTtl = false;
  stopTtl: () => void = () => {};

  constructor(utterance: string, role: 'turn' | 'history', maxBytes: number) {
    this.utterance = utterance;
    this.role = role;
    this.assembly = new Assembly(maxBytes);
  }

  /** It has an answer, or will have without being asked again. */
  get isAnswered(): boolean {
    return this.phase !== 'assembling';
  }

  report(): TurnReport {
    const { frames } = this.assembly;
    if (!this.isAnswered) return { state: 'assembling', frames, attempt: 0 };
    return { state: this.phase === 'done' ? 'done' : 'running', frames, attempt: this.attempt };
  }
}
