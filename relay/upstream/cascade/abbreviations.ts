/** Words whose full stop ends no sentence, in lower case; English, German, French, Spanish, Italian, Portuguese. */
const ABBREVIATIONS = new Set(
  [
    'mr mrs ms dr prof st jr sr vs etc inc ltd co corp dept approx est gen col sgt capt lt rev gov sen mt',
    'jan feb apr aug sep sept oct nov dec al cf viz',
    'bzw ca usw evtl ggf inkl exkl zzgl bspw str tel abs hr fr frl geb mio mrd sog vgl dipl ing jh jhd hrsg zb',
    'mme mlle mm me env av bd vol chap',
    'sra srta ud uds dra ej pág núm avda aprox',
    'sig sigg dott avv ecc pag',
  ].flatMap((line) => line.split(' ')),
);

/** Abbreviations only before a number: each is a word, or short enough to be one, by itself. */
const BEFORE_NUMBERS = new Set('no nr nos art fig vol p pp op sec ch n nº núm'.split(' '));

/**
 * Whether the full stop after `before` belongs to its last word: an abbreviation, an initial (`J.`), an acronym
 * (`z.B.`), or a day, an item or an ordinal (`3.`). Wrongly yes costs a little time, wrongly no is heard.
 */
export function isAbbreviated(before: string, next: string): boolean {
  const word = /[\p{L}\p{M}\p{N}.]+$/u.exec(before)?.[0] ?? '';
  if (/^\d{1,2}$/.test(word)) return true;
  if (/^(\p{L}\.)*\p{L}$/u.test(word) && !isCjk(word)) return true;
  const lower = word.toLowerCase();
  return ABBREVIATIONS.has(lower) || (BEFORE_NUMBERS.has(lower) && /\d/.test(next));
}

/** Chinese, Japanese and Korean, where a character holds about as much as three letters. */
export const isCjk = (char: string): boolean => char >= '\u2e80';
