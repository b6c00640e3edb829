import type { Clock } from '#kernel/clock';
import type { ContextItem, UpstreamTurn } from '../upstream.ts';
import type { Line } from './line.ts';

export interface KeeperOptions {
  clock: Clock;
  /** A line nobody has used for this long is closed. */
  idleMs: number;
  /** Lines kept at a time; beyond it the one that has waited longest goes. */
  maxLines: number;
}

interface Kept {
  line: Line;
  stopTimer: () => void;
}

/** Keeps the lines of conversations between their turns. */
export class Keeper {
  readonly #options: KeeperOptions;
  /** By conversation; the longest unused first. */
  readonly #kept = new Map<string, Kept>();
  #isClosed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /**
   * The line on which the conversation of this turn can go on, and what is to be said there, if there is one. It is the
   * caller's from then on.
   */
  take(turn: UpstreamTurn): { line: Line; news: readonly ContextItem[] } | undefined {
    const { line } = (turn.conversation === undefined ? undefined : this.#drop(turn.conversation)) ?? {};
    if (!line) return undefined;
    const news = line.socket.wake() ? line.told.newsOf(turn) : undefined;
    if (news?.every(line.dialect.takes)) return { line, news };
    line.socket.close();
    return undefined;
  }

  keep(conversation: string, line: Line): void {
    const { clock, idleMs, maxLines } = this.#options;
    this.#drop(conversation)?.line.socket.close();
    const restMs = Math.min(idleMs, line.rotateAtMs - clock.nowMs());
    if (this.#isClosed || restMs <= 0 || !line.socket.isOpen) return line.socket.close();
    const end = () => this.#drop(conversation)?.line.socket.close();
    this.#kept.set(conversation, { line, stopTimer: clock.after(restMs, end) });
    line.socket.rest(end);
    for (const longest of this.#kept.keys()) {
      if (this.#kept.size <= maxLines) break;
      this.#drop(longest)?.line.socket.close();
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const conversation of [...this.#kept.keys()]) this.#drop(conversation)?.line.socket.close();
  }

  #drop(conversation: string): Kept | undefined {
    const kept = this.#kept.get(conversation);
    kept?.stopTimer();
    this.#kept.delete(conversation);
    return kept;
  }
}
