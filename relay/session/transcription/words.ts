/** Scripts written without spaces between words: a character is the smallest piece that can be told apart for sure. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々〆〇';
const WORD = new RegExp(`(\\s*)(\\p{P}*[${UNSPACED}]\\p{M}*\\p{P}*|[^\\s${UNSPACED}]+)`, 'gu');
const PUNCTUATION = /[\p{P}\p{S}\s]+/gu;
const ENDING = /[\p{P}\s]+$/u;

/** A word, or a character of a script without spaces, with the marks that cling to it. */
export interface Word {
  /** The space before it, as it was written. */
  gap: string;
  text: string;
  /** What makes it the same word as another: without case, marks and width. */
  key: string;
}

/** The words of a text; their gaps and texts one after the other are the text without what surrounds it. */
export function toWords(text: string): Word[] {
  return [...text.trim().matchAll(WORD)].map(([, gap = '', word = '']) => ({ gap, text: word, key: toKey(word) }));
}

export const toText = (words: readonly Word[]): string => words.map(({ gap, text }) => gap + text).join('');

/** The same word without the marks that end a sentence: while somebody speaks on they are guesses. */
export function withoutEnding(word: Word): Word {
  const text = word.text.replace(ENDING, '');
  return text === '' ? word : { ...word, text };
}

function toKey(word: string): string {
  const plain = word.normalize('NFKC').toLowerCase();
  return plain.replace(PUNCTUATION, '') || plain;
}
