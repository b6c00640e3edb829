import { createHash } from 'node:crypto';
import type { Settings } from '#protocol';
import type { ContextTurn } from '../upstream.ts';

interface ToldTurn {
  /** Of the user's audio, where the server has that. */
  hash?: string;
  assistant: string;
}

/**
 * What the server at the other end of a socket has in its history: it keeps one by itself and cannot be made to forget
 * what was not heard. Its own turns are compared with what a new turn brings along; the socket is of use as long as
 * both agree.
 */
export class Told {
  readonly #settings: string;
  readonly #turns: ToldTurn[];

  constructor(settings: Settings, context: readonly ContextTurn[]) {
    this.#settings = JSON.stringify(settings);
    this.#turns = context.map(({ userAudio, assistantText }) => ({
      ...(userAudio && { hash: hashOf(userAudio) }),
      assistant: normal(assistantText),
    }));
  }

  add(userAudio: Uint8Array, assistantText: string): void {
    this.#turns.push({ hash: hashOf(userAudio), assistant: normal(assistantText) });
  }

  /**
   * Whether a turn with this context goes on where the server is. The oldest turns may be missing (the caller's memory
   * is bounded, and so is the server's), the newest may not, and no answer may have been cut short.
   */
  agreesWith(settings: Settings, context: readonly ContextTurn[]): boolean {
    if (JSON.stringify(settings) !== this.#settings || context.length > this.#turns.length) return false;
    if (context.length === 0) return this.#turns.length === 0;
    const told = this.#turns.slice(-context.length);
    return context.every(({ userAudio, assistantText }, i) => {
      const turn = told[i];
      const isSameUser = !userAudio || turn?.hash === undefined || turn.hash === hashOf(userAudio);
      return isSameUser && turn?.assistant === normal(assistantText);
    });
  }
}

const hashOf = (audio: Uint8Array): string => createHash('sha256').update(audio).digest('base64');
const normal = (text = ''): string => text.replace(/\s+/g, ' ').trim();
