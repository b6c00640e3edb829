import { spokenMs } from '#protocol';

/** A shorter text is more pause than speech. */
const MIN_TEXT_MS = 800;

/** How long a text takes this voice to be spoken; learned from the answers that were spoken whole. */
export class SpeakingPace {
  /** Of the usual pace. */
  #share = 1;

  learn(text: string, durationMs: number): void {
    const usualMs = spokenMs(text);
    if (usualMs < MIN_TEXT_MS || durationMs <= 0) return;
    this.#share = (this.#share + durationMs / usualMs) / 2;
  }

  durationOf(text: string): number {
    return spokenMs(text) * this.#share;
  }
}
