import type { VirtualClock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import type { ConversationEvent } from '../events.ts';

interface Playing {
  stream: number;
  totalMs: number;
  /** Played before `sinceMs`. */
  playedMs: number;
  /** Undefined while it stands still. */
  sinceMs: number | undefined;
  isEnded: boolean;
  cancelDrained: () => void;
}

/** Plays in real time, and knows the exact sample at which it was stopped. */
export class Loudspeaker {
  readonly #clock: VirtualClock;
  readonly #tell: (event: ConversationEvent) => void;
  #playing: Playing | undefined;

  constructor(clock: VirtualClock, tell: (event: ConversationEvent) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  start(stream: number, totalMs: number): void {
    const sinceMs = this.#clock.nowMs();
    this.#playing = { stream, totalMs, playedMs: 0, sinceMs, isEnded: false, cancelDrained: () => undefined };
  }

  end(stream: number): void {
    if (this.#playing?.stream !== stream) return;
    this.#playing.isEnded = true;
    this.#awaitEnd(this.#playing);
  }

  pause(): void {
    const playing = this.#playing;
    if (!playing) return;
    playing.playedMs = this.#playedMs(playing);
    playing.sinceMs = undefined;
    playing.cancelDrained();
  }

  resume(): void {
    if (!this.#playing) return;
    this.#playing.sinceMs ??= this.#clock.nowMs();
    this.#awaitEnd(this.#playing);
  }

  stop(stream: number): void {
    const playing = this.#playing?.stream === stream ? this.#playing : undefined;
    const playedSample = playing ? Math.round((this.#playedMs(playing) * LIMITS.outputRateHz) / 1000) : 0;
    playing?.cancelDrained();
    if (playing) this.#playing = undefined;
    this.#clock.after(5, () => this.#tell({ type: 'play.stopped', stream, playedSample }));
  }

  #playedMs({ playedMs, sinceMs, totalMs }: Playing): number {
    return Math.min(totalMs, playedMs + (sinceMs === undefined ? 0 : this.#clock.nowMs() - sinceMs));
  }

  #awaitEnd(playing: Playing): void {
    playing.cancelDrained();
    if (!playing.isEnded || playing.sinceMs === undefined) return;
    playing.cancelDrained = this.#clock.after(playing.totalMs - this.#playedMs(playing), () => {
      this.#playing = undefined;
      this.#tell({ type: 'play.drained', stream: playing.stream });
    });
  }
}
