/** Writing systems told apart, by their ISO 15924 codes; `Jpan` is kana, with or without Han between. */
export type Script = (typeof LETTERS)[number][0];

/** A Han or Hangul character says as much as two or three letters: a foreign brand name must not outvote a sentence. */
const LETTERS = [
  ['Latn', /\p{Script=Latin}/gu, 1],
  ['Hani', /\p{Script=Han}/gu, 2],
  ['Jpan', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 2],
  ['Hang', /\p{Script=Hangul}/gu, 2],
  ['Cyrl', /\p{Script=Cyrillic}/gu, 1],
  ['Arab', /\p{Script=Arabic}/gu, 1],
  ['Hebr', /\p{Script=Hebrew}/gu, 1],
  ['Grek', /\p{Script=Greek}/gu, 1],
  ['Thai', /\p{Script=Thai}/gu, 1],
  ['Deva', /\p{Script=Devanagari}/gu, 1],
  ['Beng', /\p{Script=Bengali}/gu, 1],
] as const;

/** What most of a text is written in; undefined without letters. */
export function scriptOf(text: string): Script | undefined {
  const weights = new Map(LETTERS.map(([script, letter, weight]) => [script, weight * countOf(text, letter)]));
  const kana = weights.get('Jpan') ?? 0;
  // Japanese is Han and kana together; Chinese has no kana at all.
  if (kana > 0) {
    weights.set('Jpan', kana + (weights.get('Hani') ?? 0));
    weights.delete('Hani');
  }
  const [script, weight] = [...weights].reduce((most, next) => (next[1] > most[1] ? next : most));
  return weight > 0 ? script : undefined;
}

/** How many letters a text has, of any script. */
export const lettersIn = (text: string): number => countOf(text, /\p{L}/gu);

/** Which scripts CLDR's names for mixed writing stand for. */
const MIXED: Readonly<Record<string, readonly Script[]>> = {
  Jpan: ['Jpan', 'Hani'],
  Hans: ['Hani'],
  Hant: ['Hani'],
  Kore: ['Hang'],
};

/** Whether a language is usually written so, by CLDR's likely subtags. */
export function isWrittenIn(language: string, script: Script): boolean {
  const usual = new Intl.Locale(language).maximize().script ?? '';
  return MIXED[usual]?.includes(script) ?? usual === script;
}

const countOf = (text: string, letter: RegExp): number => text.match(letter)?.length ?? 0;
