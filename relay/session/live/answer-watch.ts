import type { Clock } from '#kernel/clock';
import type { Playout } from './playout.ts';

export interface AnswerWatchOptions {
  clock: Clock;
  playout: Playout;
  /** Whether an answer is still being given. */
  isActive(): boolean;
  /** Whether an answer can be heard: only what is surely speech may begin a turn meanwhile. */
  onAnswering(isAnswering: boolean): void;
  /** Silence behind an answer after which the model goes on by itself; undefined: never. */
  idleAfterMs(): number | undefined;
  onIdle(idleMs: number): void;
}

/** Knows while an answer is heard, and when the silence behind it has lasted too long. */
export class AnswerWatch {
  readonly #options: AnswerWatchOptions;
  #isAnswering = false;
  #stopPlayoutTimer = () => {};
  #stopIdleTimer = () => {};

  constructor(options: AnswerWatchOptions) {
    this.#options = options;
  }

  /** Sound was sent, or an answer has ended or was stopped. */
  changed(): void {
    const { clock, playout, isActive } = this.#options;
    this.stir();
    this.#stopPlayoutTimer();
    const { restMs } = playout;
    if (restMs > 0) this.#show(true);
    if (isActive()) return;
    if (restMs === 0) this.#fallenSilent();
    else this.#stopPlayoutTimer = clock.after(restMs, () => this.#fallenSilent());
  }

  /** Somebody says or does something: the silence is over. */
  stir(): void {
    this.#stopIdleTimer();
  }

  stop(): void {
    this.#stopPlayoutTimer();
    this.#stopIdleTimer();
    this.#isAnswering = false;
  }

  #fallenSilent(): void {
    const { clock, isActive, idleAfterMs, onIdle } = this.#options;
    this.#show(false);
    const idleMs = idleAfterMs();
    // The next answer is being made already: its end is what the silence will be counted from.
    if (idleMs !== undefined && !isActive()) this.#stopIdleTimer = clock.after(idleMs, () => onIdle(idleMs));
  }

  #show(isAnswering: boolean): void {
    if (isAnswering === this.#isAnswering) return;
    this.#isAnswering = isAnswering;
    this.#options.onAnswering(isAnswering);
  }
}
