import { detectAll } from 'tinyld/light';
import { baseLanguage, isSameLanguage } from '#protocol';
import { isWrittenIn, lettersIn, scriptOf, type Script } from './script.ts';

/** Of the languages in Latin script those that omni models hear or speak; more of them would blur short sentences. */
const LATIN = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'tr'];
/** More tells no more, and takes time. */
const ENOUGH_CHARS = 400;
/** "Hm" and "OK" belong to everybody. */
const MIN_LETTERS = 4;
/** A language this close to the best one is as good a guess, if the conversation speaks it. Tuned on `testing/sentences`. */
const LIKELY_SHARE = 0.75;
/** The runner-up must stay below this share of the best; else the language is better not told than told wrong. */
const CLEAR_SHARE = 0.9;
/** Japanese of more than a few characters has kana in it. */
const MAX_HAN_ONLY_JAPANESE = 4;

/** Letters and marks that only one of the languages told apart here has; in this order. */
const MARKS: readonly (readonly [language: string, script: Script, letters: RegExp])[] = [
  ['uk', 'Cyrl', /[іїєґ]/iu],
  ['ur', 'Arab', /[ٹڈڑںے]/u],
  ['fa', 'Arab', /[پچژگ]/u],
  // Simplified, or never written in Japanese, and in every second sentence.
  ['zh', 'Hani', /[你们这吗么没很哪呢吧谢请说对话]/u],
  ['vi', 'Latn', /[ơưđăạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/iu],
  ['pt', 'Latn', /[ãõ]/iu],
  ['es', 'Latn', /[ñ¿¡]/iu],
  ['de', 'Latn', /ß/u],
  ['tr', 'Latn', /[ğşİı]/u],
];

const USUAL: Readonly<Record<Exclude<Script, 'Latn' | 'Hani'>, string>> = {
  Jpan: 'ja',
  Hang: 'ko',
  Cyrl: 'ru',
  Arab: 'ar',
  Hebr: 'he',
  Grek: 'el',
  Thai: 'th',
  Deva: 'hi',
  Beng: 'bn',
};

/**
 * The language a text is written in, a BCP 47 tag; undefined where it could be several. `likely`: languages of the
 * conversation, likeliest first; they decide what the words leave open.
 */
export function detectLanguage(words: string, likely: readonly string[] = []): string | undefined {
  const text = words.slice(0, ENOUGH_CHARS);
  const script = scriptOf(text);
  if (script === undefined) return undefined;
  const marked = MARKS.find(([, among, letters]) => among === script && letters.test(text));
  const fitting = likely.filter((language) => isWrittenIn(language, script));
  if (marked) return fitting.find((language) => isSameLanguage(language, marked[0])) ?? marked[0];
  if (script === 'Latn') return detectLatin(text, fitting);
  if (script === 'Hani') return detectHan(text, fitting);
  return fitting[0] ?? USUAL[script];
}

function detectHan(text: string, likely: readonly string[]): string {
  const mayBeJapanese = lettersIn(text) <= MAX_HAN_ONLY_JAPANESE;
  return likely.find((language) => mayBeJapanese || !isSameLanguage(language, 'ja')) ?? 'zh';
}

function detectLatin(text: string, likely: readonly string[]): string | undefined {
  if (lettersIn(text) < MIN_LETTERS) return undefined;
  const known = likely.map(baseLanguage);
  const ranked = detectAll(text, { only: [...new Set([...LATIN, ...known])] });
  const best = ranked[0];
  if (!best) return undefined;
  const near = ranked.filter(({ accuracy }) => accuracy >= LIKELY_SHARE * best.accuracy);
  const fitting = likely.find((language) => near.some(({ lang }) => isSameLanguage(lang, language)));
  if (fitting !== undefined) return fitting;
  const isClear = (ranked[1]?.accuracy ?? 0) < CLEAR_SHARE * best.accuracy;
  return isClear ? best.lang : undefined;
}
