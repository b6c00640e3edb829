import type { Clock } from '#kernel/clock';

/** Figures as in Envoy's and LiteLLM's defaults for servers whose requests last seconds, not milliseconds. */
const OPENS_AFTER_FAILURES = 5;
const WINDOW_MS = 10_000;
const WINDOW_MIN_OUTCOMES = 20;
const WINDOW_FAILURE_SHARE = 0.5;
const PROBE_AFTER_MS = 5_000;
/** Several relays must not probe the same server in step. */
const PROBE_JITTER = 0.2;

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Keeps turns away from a server that fails them, and lets one through once a probe went well. */
export class Breaker {
  readonly #clock: Clock;
  readonly #random: () => number;
  #state: BreakerState = 'closed';
  #failuresInARow = 0;
  #outcomes: { atMs: number; isFailure: boolean }[] = [];
  #probeAtMs = 0;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Until the next probe; 0 when it is due. Only of interest while open. */
  get probeInMs(): number {
    return Math.max(0, this.#probeAtMs - this.#clock.nowMs());
  }

  /** Outcomes of what was asked before it opened say nothing about now. */
  succeeded(): void {
    if (this.#state === 'open') return;
    if (this.#state === 'half-open') this.#close();
    this.#failuresInARow = 0;
    this.#note(false);
  }

  failed(): void {
    if (this.#state === 'open') return;
    this.#failuresInARow++;
    this.#note(true);
    const failures = this.#outcomes.filter(({ isFailure }) => isFailure).length;
    const isMostly =
      this.#outcomes.length >= WINDOW_MIN_OUTCOMES && failures >= this.#outcomes.length * WINDOW_FAILURE_SHARE;
    if (this.#state === 'half-open' || this.#failuresInARow >= OPENS_AFTER_FAILURES || isMostly) this.#open();
  }

  /** Whether the server seems well again: if so, one turn may be tried there. */
  probed(isWell: boolean): void {
    if (this.#state !== 'open') return;
    if (isWell) this.#state = 'half-open';
    else this.#open();
  }

  #open(): void {
    this.#state = 'open';
    this.#probeAtMs = this.#clock.nowMs() + PROBE_AFTER_MS * (1 + PROBE_JITTER * (2 * this.#random() - 1));
  }

  #close(): void {
    this.#state = 'closed';
    this.#outcomes = [];
  }

  #note(isFailure: boolean): void {
    const nowMs = this.#clock.nowMs();
    this.#outcomes = this.#outcomes.filter(({ atMs }) => atMs > nowMs - WINDOW_MS);
    this.#outcomes.push({ atMs: nowMs, isFailure });
  }
}
