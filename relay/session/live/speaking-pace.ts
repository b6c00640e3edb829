/** English voices of the models speak some 15 letters a second; a character of Chinese, Japanese or Korean takes about as long as three. */
const MS_PER_LETTER = 66;
const LETTERS_PER_CHARACTER = 3;
const WRITTEN_WITHOUT_LETTERS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
/** A shorter text is more pause than speech. */
const MIN_LETTERS = 12;

/**
 * How long a text takes to be spoken. Models write far faster than they speak, so an answer that is cut off has often
 * been written to its end when a quarter of its sound has come: how much of the text was heard then depends on how long
 * all of its sound would have been. Learns from the answers that were spoken whole.
 */
export class SpeakingPace {
  #msPerLetter = MS_PER_LETTER;

  learn(text: string, durationMs: number): void {
    const letters = lettersOf(text);
    if (letters < MIN_LETTERS || durationMs <= 0) return;
    this.#msPerLetter = (this.#msPerLetter + durationMs / letters) / 2;
  }

  durationOf(text: string): number {
    return lettersOf(text) * this.#msPerLetter;
  }
}

const lettersOf = (text: string): number =>
  text.length + (LETTERS_PER_CHARACTER - 1) * (text.match(WRITTEN_WITHOUT_LETTERS)?.length ?? 0);
