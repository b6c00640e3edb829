/**
 * What is remembered of an answer of which only `heardSamples` of `totalSamples` were played: a share of its text in
 * proportion, cut at a word boundary (or at a character, in scripts without spaces). Both sides use this one rule, so
 * that the browser's history and the relay's cannot differ.
 */
export function heardText(text: string, heardSamples: number, totalSamples: number): string {
  if (heardSamples <= 0) return '';
  if (totalSamples <= 0 || heardSamples >= totalSamples) return text;
  const characters = Array.from(text);
  const cut = Math.floor((characters.length * heardSamples) / totalSamples);
  const head = characters.slice(0, cut).join('');
  const isMidWord = /\S/.test(characters[cut] ?? '') && /\S$/.test(head);
  if (!isMidWord || !/\s/.test(text)) return head.trimEnd();
  return head.replace(/\S+$/, '').trimEnd();
}

/** English voices of the models speak some 15 letters a second. */
const MS_PER_LETTER = 66;
/** A character of Chinese, Japanese or Korean takes about as long as three. */
const LETTERS_PER_CHARACTER = 3;
const WRITTEN_WITHOUT_LETTERS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/**
 * How long a text takes to be spoken, about. Models write far faster than they speak, so an answer that is cut off has
 * often been written to its end when a quarter of its sound has come: how much of the text was heard then depends on how
 * long all of its sound would have been.
 */
export function spokenMs(text: string): number {
  const characters = text.match(WRITTEN_WITHOUT_LETTERS)?.length ?? 0;
  return (text.length + (LETTERS_PER_CHARACTER - 1) * characters) * MS_PER_LETTER;
}
