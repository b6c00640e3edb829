import { failed, ok, type Result } from '#kernel/result';
import { systemClock, type Clock } from '#kernel/clock';
import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem } from '../upstream.ts';
import { problemOfError } from './failure.ts';

/** How long an upstream may keep us waiting. */
export interface UpstreamTimeouts {
  /** For a connection. */
  connectMs: number;
  /** From asking to the first event of the answer. */
  firstEventMs: number;
  /** Between two events. */
  stallMs: number;
  /** Between two events before any audio, for models whose audio comes in one block after their text. */
  lateAudioMs: number;
  /** All waiting of one answer together. */
  totalMs: number;
  /** For a whole `check`. */
  checkMs: number;
}

export const UPSTREAM_TIMEOUTS: UpstreamTimeouts = {
  connectMs: 2_000,
  firstEventMs: 8_000,
  stallMs: 3_000,
  lateAudioMs: 30_000,
  totalMs: 120_000,
  checkMs: 2_000,
};

/**
 * Waits on the upstream within budgets that run only while we really wait for it: a consumer that takes its time (it
 * is paced by somebody listening) must not look like a stalled server.
 */
export class Patience {
  readonly #giveUp: () => void;
  readonly #clock: Clock;
  #hasAnswered = false;
  #limitMs: number;
  #leftMs: number;
  #totalLeftMs: number;
  #expired: UpstreamProblem | undefined;

  /** `giveUp` is called when a budget is spent and must make the promise being waited for settle. */
  constructor(timeouts: UpstreamTimeouts, giveUp: () => void, clock: Clock = systemClock) {
    this.#giveUp = giveUp;
    this.#clock = clock;
    this.#limitMs = timeouts.firstEventMs;
    this.#leftMs = this.#limitMs;
    this.#totalLeftMs = timeouts.totalMs;
  }

  /** Whether the first event has come. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** An event has come; the next one may take `limitMs` of waiting. */
  renew(limitMs: number): void {
    this.#hasAnswered = true;
    this.#limitMs = limitMs;
    this.#leftMs = limitMs;
  }

  /** More of an unfinished event has come: a long one over a slow line is no stall. It does not lengthen the first wait. */
  extend(): void {
    if (this.#hasAnswered) this.#leftMs = this.#limitMs;
  }

  /** What came of `work`, or why not: a budget spent, or the connection failed. */
  async during<T>(work: Promise<T>): Promise<Result<T, UpstreamProblem>> {
    const startedMs = this.#clock.nowMs();
    const cancel = this.#clock.after(Math.max(0, Math.min(this.#leftMs, this.#totalLeftMs)), () => this.#expire());
    try {
      return ok(await work);
    } catch (error) {
      return failed(this.#expired ?? problemOfError(error, this.#hasAnswered));
    } finally {
      cancel();
      const waitedMs = this.#clock.nowMs() - startedMs;
      this.#leftMs -= waitedMs;
      this.#totalLeftMs -= waitedMs;
    }
  }

  #expire(): void {
    const kind = this.#hasAnswered ? 'upstream-stalled' : 'upstream-silent';
    const detail = this.#totalLeftMs < this.#leftMs ? 'total budget spent' : 'no event in time';
    this.#expired = toUpstreamProblem(kind, detail);
    this.#giveUp();
  }
}
