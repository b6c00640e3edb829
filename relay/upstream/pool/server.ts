import type { Clock } from '#kernel/clock';
import type { Upstream, UpstreamHealth, UpstreamProblem } from '../upstream.ts';
import { Breaker, type BreakerState } from './breaker.ts';

/** One check may get lost on a busy machine; two in a row have not. */
const DOWN_AFTER_CHECKS = 2;
/** A server that came back is trusted after this, and after twice as long with every fall in the last while. */
const RECOVERY_MS = 5_000;
const MAX_RECOVERY_MS = 60_000;
const FALLS_REMEMBERED_MS = 300_000;
/** So long after a failure, others of its group go first: the next attempt of the same turn should meet another. */
const SUSPECT_MS = 5_000;
/** Weight of the newest time to the first event, and how long it counts: a slow server is tried again now and then. */
const LEARNING_RATE = 0.3;
/** For a server nobody said anything about: few enough for one GPU to stay fluent. */
const USUAL_PLACES = 8;
const LATENCY_COUNTS_MS = 30_000;
/** When a server says that it is full: unless it says for how long, and at most. */
const REST_MS = 1_000;
const MAX_REST_MS = 10_000;
/** Wrong credentials rarely mend themselves; gateways that refuse by mistake do. */
const UNAUTHORISED_REST_MS = 10_000;

export interface ServerOptions {
  name: string;
  upstream: Upstream;
  /** Turns it answers at a time, where somebody has said so. */
  maxConcurrent?: number;
  /** Its share relative to others of its group. */
  weight: number;
  /** It must have answered a tiny turn before it is trusted with a speaker's. */
  warmsUp: boolean;
}

/**
 * `ready` for turns; `recovering`, once nothing better is ready; `doubtful` (checks fail, or it is cold), when nothing
 * else is left; `closed` to turns until a probe went well.
 */
export type Condition = 'ready' | 'recovering' | 'doubtful' | 'closed';

export type Outcome = 'answered' | 'left' | UpstreamProblem;

/** What is known of one server: its health, how much it is asked, how it has done lately. */
export class Server {
  readonly options: ServerOptions;
  readonly breaker: Breaker;
  readonly #clock: Clock;
  outstanding = 0;
  /** Turns given to it, ever. */
  asked = 0;
  health: UpstreamHealth = { state: 'unknown' };
  isCold: boolean;
  lastProblem: UpstreamProblem | undefined;
  #downChecks = 0;
  #falls: number[] = [];
  #trustedFromMs = -Infinity;
  #failedAtMs = -Infinity;
  #closedUntilMs = -Infinity;
  #restUntilMs = -Infinity;
  #firstEvent: { meanMs: number; atMs: number } | undefined;

  constructor(options: ServerOptions, clock: Clock, random: () => number) {
    this.options = options;
    this.isCold = options.warmsUp;
    this.#clock = clock;
    this.breaker = new Breaker(clock, random);
  }

  get condition(): Condition {
    const nowMs = this.#clock.nowMs();
    if (this.breaker.state === 'open' || nowMs < this.#closedUntilMs) return 'closed';
    if (this.health.state === 'down' || this.isCold) return 'doubtful';
    if (this.breaker.state === 'half-open' || nowMs < this.#trustedFromMs) return 'recovering';
    return 'ready';
  }

  /** Turns it answers at a time: as configured, else as its model's stock deployment does, if that is less than usual. */
  get places(): number {
    const { maxConcurrent, upstream } = this.options;
    return maxConcurrent ?? Math.min(upstream.maxConcurrent ?? USUAL_PLACES, USUAL_PLACES);
  }

  /** Turns it could take now. After its breaker was open: one, and what becomes of it decides. */
  get room(): number {
    if (this.restMs > 0) return 0;
    const limit = this.breaker.state === 'half-open' ? 1 : this.places;
    return Math.max(0, limit - this.outstanding);
  }

  /** It has said that it is full, for so long. */
  get restMs(): number {
    return Math.max(0, this.#restUntilMs - this.#clock.nowMs());
  }

  /** Until it may be asked again, while closed. */
  get closedMs(): number {
    const untilMs = Math.max(0, this.#closedUntilMs - this.#clock.nowMs());
    return this.breaker.state === 'open' ? Math.max(untilMs, this.breaker.probeInMs) : untilMs;
  }

  get isSuspect(): boolean {
    return this.#clock.nowMs() - this.#failedAtMs < SUSPECT_MS;
  }

  /** Mean time to the first event, as far as it was seen lately. */
  get firstEventMs(): number | undefined {
    const seen = this.#firstEvent;
    return seen && this.#clock.nowMs() - seen.atMs < LATENCY_COUNTS_MS ? seen.meanMs : undefined;
  }

  /** A turn is given to it; `outstanding` goes down again when that is over. */
  take(): void {
    this.outstanding++;
    this.asked++;
  }

  checked(health: UpstreamHealth): void {
    if (health.state === 'unknown') return;
    this.#downChecks = health.state === 'down' ? this.#downChecks + 1 : 0;
    const isStillTrusted =
      this.health.state === 'up' && health.state === 'down' && this.#downChecks < DOWN_AFTER_CHECKS;
    if (isStillTrusted) return;
    if (this.health.state === 'up' && health.state === 'down') this.#fell();
    if (this.health.state === 'down' && health.state === 'up') this.#cameBack();
    this.health = health;
  }

  warmed(): void {
    this.isCold = false;
  }

  began(afterMs: number): void {
    const meanMs = this.firstEventMs ?? afterMs;
    this.#firstEvent = { meanMs: meanMs + LEARNING_RATE * (afterMs - meanMs), atMs: this.#clock.nowMs() };
  }

  /** What became of a turn. A request that is wrong in itself, or that nobody waited for, says nothing of the server. */
  ended(outcome: Outcome): void {
    const before = this.breaker.state;
    if (outcome === 'answered') this.breaker.succeeded();
    else if (outcome !== 'left') this.#failed(outcome);
    this.#noteBreaker(before);
  }

  #failed(problem: UpstreamProblem): void {
    const nowMs = this.#clock.nowMs();
    if (problem.kind === 'upstream-rejected') return;
    this.lastProblem = problem;
    this.#failedAtMs = nowMs;
    if (problem.kind === 'upstream-busy') {
      this.#restUntilMs = nowMs + Math.min(problem.retryAfterMs ?? REST_MS, MAX_REST_MS);
    } else if (problem.kind === 'upstream-unauthorised') {
      this.#closedUntilMs = nowMs + UNAUTHORISED_REST_MS;
    } else {
      this.breaker.failed();
    }
  }

  #noteBreaker(before: BreakerState): void {
    const after = this.breaker.state;
    if (after === 'open' && before === 'closed') this.#fell();
    if (after === 'closed' && before === 'half-open') this.#cameBack();
  }

  #fell(): void {
    const nowMs = this.#clock.nowMs();
    this.#falls = [...this.#falls.filter((atMs) => nowMs - atMs < FALLS_REMEMBERED_MS), nowMs];
    this.isCold = this.options.warmsUp;
  }

  /** One that keeps falling waits longer each time, so that speakers are not moved to and fro with it. */
  #cameBack(): void {
    const holdMs = Math.min(RECOVERY_MS * 2 ** Math.max(0, this.#falls.length - 1), MAX_RECOVERY_MS);
    this.#trustedFromMs = this.#clock.nowMs() + holdMs;
  }
}
