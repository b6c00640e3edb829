/** How long a character takes to say, about, until the length of the sound is known: 15 characters a second. */
const MS_PER_CHARACTER = 65;

/**
 * The words of one answer, given out in step with its sound: a word when all of it has been played, by its share of
 * the whole. What was given never changes; all that was given, joined, is the beginning of the text.
 */
export class AnswerWords {
  #text = '';
  #given = 0;

  get isAllGiven(): boolean {
    return this.#given === this.#text.length;
  }

  add(text: string): void {
    this.#text += text;
  }

  /** `isWhole`: all of the sound has come, so that `receivedMs` is its length. */
  take(playedMs: number, receivedMs: number, isWhole: boolean): string {
    const totalMs = isWhole ? receivedMs : Math.max(receivedMs, this.#text.length * MS_PER_CHARACTER);
    const isOver = isWhole && playedMs >= receivedMs;
    const reached = isOver ? this.#text.length : this.#wholeWords((this.#text.length * playedMs) / totalMs);
    const from = this.#given;
    this.#given = Math.max(from, reached);
    return this.#text.slice(from, this.#given);
  }

  /** Up to the end of the last word that ends before `characters`, with the space behind it. */
  #wholeWords(characters: number): number {
    const reached = Math.floor(characters);
    const space = this.#text.lastIndexOf(' ', reached);
    return space < 0 ? 0 : space + 1;
  }
}
