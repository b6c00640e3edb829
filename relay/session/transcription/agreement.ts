import { toText, toWords, withoutEnding, type Word } from './words.ts';

/** What is understood of an utterance so far; both together are all of it. */
export interface Understanding {
  /** Never taken back within an utterance. */
  stable: string;
  /** May still change; begins with the space that parts it from `stable`. */
  tentative: string;
}

/**
 * Tells what of a growing utterance is understood for good: the words in which two hypotheses in a row agree (local
 * agreement; Liu, Spanakis and Niehues, Interspeech 2020).
 */
export class Agreement {
  #stable: readonly Word[] = [];
  /** What the last hypothesis said after the stable words. */
  #rest: readonly Word[] = [];

  get understanding(): Understanding {
    return { stable: toText(this.#stable), tentative: toText(this.#rest) };
  }

  /** Takes what is understood of the utterance as a whole. */
  offer(hypothesis: string): Understanding {
    const rest = this.#restOf(hypothesis);
    const agreed = commonLength(this.#rest, rest);
    const newlyStable = rest.slice(0, agreed).map((word, i) => (i === rest.length - 1 ? withoutEnding(word) : word));
    this.#stable = [...this.#stable, ...newlyStable];
    this.#rest = rest.slice(agreed);
    return this.understanding;
  }

  /**
   * What can be shown of a hypothesis that is still being written: undefined until it says more than is shown already.
   * Nothing becomes stable by it.
   */
  preview(beginning: string): Understanding | undefined {
    const rest = this.#restOf(beginning);
    if (rest.length <= this.#rest.length) return undefined;
    return { stable: toText(this.#stable), tentative: toText(rest) };
  }

  #restOf(hypothesis: string): readonly Word[] {
    const words = toWords(hypothesis);
    return words.slice(alignedLength(this.#stable, words));
  }
}

function commonLength(one: readonly Word[], other: readonly Word[]): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length]?.key === other[length]?.key) length++;
  return length;
}

/**
 * How many of the words are another version of the stable ones: the beginning with the fewest words changed, added or
 * left out (Levenshtein); of equals the one nearest in length.
 */
function alignedLength(stable: readonly Word[], words: readonly Word[]): number {
  let costs = Array.from({ length: words.length + 1 }, (_, i) => i);
  for (const [i, { key }] of stable.entries()) {
    const next = [i + 1];
    for (const [j, word] of words.entries()) {
      const replaced = (costs[j] ?? 0) + (word.key === key ? 0 : 1);
      next.push(Math.min(replaced, (costs[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    costs = next;
  }
  const least = Math.min(...costs);
  const distanceOf = (length: number): number => Math.abs(length - stable.length);
  const candidates = costs.flatMap((cost, length) => (cost === least ? [length] : []));
  return candidates.reduce((best, length) => (distanceOf(length) < distanceOf(best) ? length : best));
}
