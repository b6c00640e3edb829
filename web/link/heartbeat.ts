import type { Clock } from '#kernel/clock';
import { LIMITS } from '#protocol/limits';

/**
 * How long a pong may take. With `LIMITS.maxMissedPings` = 2 a dead line is noticed within 5 + 2 · 2.5 = 10 s in a
 * turn and 15 + 2 · 10 = 35 s when idle.
 */
const PONG_IN_TURN_MS = 2_500;
const PONG_IDLE_MS = 10_000;

export interface HeartbeatOptions {
  clock: Clock;
  isInTurn(): boolean;
  ping(t: number): void;
  bufferedAmount(): number;
  dead(): void;
}

/**
 * Asks the relay now and then whether it is still there. Browsers cannot send WebSocket pings, and a half-open TCP
 * connection reports nothing for minutes.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #cancelTimer: () => void = () => {};
  #isWaiting = false;
  #nextAskMs = 0;
  #misses = 0;
  #bufferedBytes = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#rest();
  }

  /** Any pong will do: a late one also proves both directions. */
  pong(): void {
    this.#misses = 0;
    if (this.#isWaiting) this.#rest();
  }

  /** A turn began: find out sooner than at the leisurely pace. */
  hasten(): void {
    if (!this.#isWaiting && this.#nextAskMs - this.#options.clock.nowMs() > LIMITS.pingInTurnMs) this.#rest();
  }

  /** The device woke up or changed networks. */
  askNow(): void {
    if (!this.#isWaiting) this.#ask();
  }

  stop(): void {
    this.#cancelTimer();
  }

  #rest(): void {
    const { clock, isInTurn } = this.#options;
    const restMs = isInTurn() ? LIMITS.pingInTurnMs : LIMITS.pingIdleMs;
    this.#isWaiting = false;
    this.#nextAskMs = clock.nowMs() + restMs;
    this.#cancelTimer();
    this.#cancelTimer = clock.after(restMs, () => this.#ask());
  }

  #ask(): void {
    const { clock, isInTurn, ping, bufferedAmount } = this.#options;
    this.#isWaiting = true;
    this.#cancelTimer();
    this.#cancelTimer = clock.after(isInTurn() ? PONG_IN_TURN_MS : PONG_IDLE_MS, () => this.#missed());
    this.#bufferedBytes = bufferedAmount();
    ping(clock.nowMs());
  }

  #missed(): void {
    // On a slow line the ping waits behind audio that is still leaving; a line that moves is not dead.
    const isDraining = this.#options.bufferedAmount() < this.#bufferedBytes;
    this.#misses = isDraining ? 0 : this.#misses + 1;
    if (this.#misses >= LIMITS.maxMissedPings) this.#options.dead();
    else this.#ask();
  }
}
