import type { Clock } from '#kernel/clock';

/** What a loudspeaker did, and when it could be heard. */
export interface Sounding {
  stream: number;
  fromMs: number;
  toMs: number;
  gainDb: number;
}

export interface PlaybackListener {
  drained(stream: number): void;
  stopped(stream: number, playedMs: number): void;
}

interface Playing {
  stream: number;
  /** Of the answer heard so far, up to `sinceMs`. */
  playedMs: number;
  sinceMs: number;
  totalMs: number;
  isPaused: boolean;
  gainDb: number;
  isEnded: boolean;
}

/**
 * A loudspeaker on the clock of the lab that knows exactly what it played: starts, levels, pauses. Every command is heard
 * `delayMs` after it was given; ramps are taken as steps at their beginning.
 */
export class LabPlayback {
  readonly soundings: Sounding[] = [];
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #listener: PlaybackListener;
  #playing: Playing | undefined;
  #cancelDrain = (): void => undefined;

  constructor(clock: Clock, delayMs: number, listener: PlaybackListener) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#listener = listener;
  }

  start(stream: number, totalMs: number): void {
    this.#close();
    const sinceMs = this.#clock.nowMs() + this.#delayMs;
    this.#playing = { stream, playedMs: 0, sinceMs, totalMs, isPaused: false, gainDb: 0, isEnded: false };
    this.#awaitDrain();
  }

  /** Nothing more will come of this answer. */
  end(stream: number): void {
    if (this.#playing?.stream !== stream) return;
    this.#playing.isEnded = true;
    this.#awaitDrain();
  }

  /** What sounds at this moment, which no command given later can change: how far into the answer, and how loud. */
  soundingAt(atMs: number): { playedMs: number; gainDb: number } | undefined {
    const playing = this.#playing;
    if (!playing || playing.isPaused || atMs < playing.sinceMs) return undefined;
    const playedMs = playing.playedMs + atMs - playing.sinceMs;
    return playedMs < playing.totalMs ? { playedMs, gainDb: playing.gainDb } : undefined;
  }

  setGain(gainDb: number): void {
    this.#change({ gainDb });
  }

  pause(): void {
    this.#change({ isPaused: true });
  }

  resume(): void {
    this.#change({ isPaused: false });
  }

  stop(stream: number): void {
    const playedMs = this.#playing?.stream === stream ? this.#close() : 0;
    this.#clock.after(this.#delayMs, () => this.#listener.stopped(stream, playedMs));
  }

  /** The call is over: what still sounds is counted up to now. */
  finish(): void {
    this.#close();
  }

  #change(change: Partial<Pick<Playing, 'gainDb' | 'isPaused'>>): void {
    const playing = this.#playing;
    if (!playing) return;
    this.#account(playing);
    Object.assign(playing, change);
    this.#awaitDrain();
  }

  /** Adds what was heard since the last change. */
  #account(playing: Playing): void {
    const atMs = this.#clock.nowMs() + this.#delayMs;
    const heardMs = playing.isPaused
      ? 0
      : Math.min(Math.max(0, atMs - playing.sinceMs), playing.totalMs - playing.playedMs);
    if (heardMs > 0) {
      const { stream, sinceMs, gainDb } = playing;
      this.soundings.push({ stream, fromMs: sinceMs, toMs: sinceMs + heardMs, gainDb });
    }
    playing.playedMs += heardMs;
    playing.sinceMs = Math.max(atMs, playing.sinceMs);
  }

  #close(): number {
    this.#cancelDrain();
    const playing = this.#playing;
    if (!playing) return 0;
    this.#account(playing);
    this.#playing = undefined;
    return playing.playedMs;
  }

  #awaitDrain(): void {
    this.#cancelDrain();
    const playing = this.#playing;
    if (!playing?.isEnded || playing.isPaused) return;
    const overMs = playing.sinceMs + playing.totalMs - playing.playedMs;
    this.#cancelDrain = this.#clock.after(overMs - this.#clock.nowMs(), () => {
      this.#close();
      this.#listener.drained(playing.stream);
    });
  }
}
