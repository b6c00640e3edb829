import { isCjk } from './abbreviations.ts';
import { endAt } from './sentence-end.ts';

/** In letters of Latin script; see `weightOf`. */
export interface SentenceLengths {
  /** Shorter sentences wait for the next one: each costs a request, and voices stumble over single words. */
  min: number;
  /** The first piece may end at a pause from here on, so that speech begins before its sentence is finished. */
  firstPause: number;
  /** From here on any pause or space will do. */
  max: number;
  /** From here on anything will: about as much as a voice model takes at once. */
  most: number;
}

export const SENTENCE_LENGTHS: SentenceLengths = { min: 16, firstPause: 24, max: 240, most: 720 };

const FENCE = '```';

/**
 * Cuts text into what is spoken in one breath, as early as it can be known, with a first piece that is short. Together
 * the pieces are the text, and where they are cut does not depend on how it came. A fenced block of code is one piece.
 */
export class Sentences {
  readonly #lengths: SentenceLengths;
  #held = '';
  #isFirst = true;
  #isLineStart = true;

  constructor(lengths: SentenceLengths = SENTENCE_LENGTHS) {
    this.#lengths = lengths;
  }

  push(text: string): string[] {
    this.#held += text;
    return this.#cutAll(false);
  }

  /** The rest. */
  flush(): string[] {
    const pieces = this.#cutAll(true);
    return this.#held === '' ? pieces : [...pieces, this.#take(this.#held.length)];
  }

  #cutAll(isAll: boolean): string[] {
    const pieces: string[] = [];
    for (;;) {
      const at = this.#nextCut(isAll);
      if (at === undefined || at === 0) return pieces;
      pieces.push(this.#take(at));
    }
  }

  #take(at: number): string {
    const piece = this.#held.slice(0, at);
    this.#held = this.#held.slice(at);
    if (/[\p{L}\p{N}]/u.test(piece)) this.#isFirst = false;
    this.#isLineStart = piece.endsWith('\n');
    return piece;
  }

  /** Where the held text is to be cut, or nothing while that is open. */
  #nextCut(isAll: boolean): number | undefined {
    const { min, firstPause, max, most } = this.#lengths;
    const held = this.#held;
    if (this.#isLineStart && isFence(held, 0, isAll)) return endOfFence(held, isAll);
    let weight = 0;
    let hasWords = false;
    let lastPauseAt: number | undefined;
    for (let i = 0; i < held.length; i++) {
      const char = held.charAt(i);
      weight += weightOf(char);
      hasWords ||= /[\p{L}\p{N}]/u.test(char);
      const end = endAt(held, i, isAll);
      if (end === 'undecided') return undefined;
      if (end?.kind === 'line') {
        const follows = isFence(held, end.at, isAll);
        if (follows === undefined) return undefined;
        if (follows) return end.at;
      }
      const isEnd = end !== undefined && end.kind !== 'pause';
      if (isEnd && hasWords && (this.#isFirst || weight >= min)) return end.at;
      if (end && this.#isFirst && hasWords && weight >= firstPause) return end.at;
      if (end) lastPauseAt = end.at;
      if (weight >= max && lastPauseAt !== undefined) return lastPauseAt;
      if (weight >= max && /\s/.test(char)) return i + 1;
      if (weight >= most && !isHighSurrogate(char)) return i + 1;
    }
    return undefined;
  }
}

const weightOf = (char: string): number => (isCjk(char) ? 3 : 1);

const isHighSurrogate = (char: string): boolean => char >= '\ud800' && char <= '\udbff';

/** Undefined while too little of the line is there to tell. */
function isFence(text: string, at: number, isAll: boolean): boolean | undefined {
  const start = text.slice(at, at + FENCE.length);
  if (start === FENCE) return true;
  return FENCE.startsWith(start) && !isAll ? undefined : false;
}

/** After the line that closes the block at the start of the text. */
function endOfFence(text: string, isAll: boolean): number | undefined {
  const closing = text.indexOf(`\n${FENCE}`);
  const lineEnd = closing < 0 ? -1 : text.indexOf('\n', closing + 1);
  if (lineEnd >= 0) return lineEnd + 1;
  return isAll ? text.length : undefined;
}
