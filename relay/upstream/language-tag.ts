import * as v from 'valibot';
import { language } from '#protocol/common';

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz');
let codes: ReadonlyMap<string, string> | undefined;

/**
 * What a server calls a language, as a BCP 47 tag: Whisper's API says `english`, others `en` or `en-US`. Undefined
 * where it says that it does not know (`auto`, `unknown`), or says something else.
 */
export function toLanguageTag(told: string): string | undefined {
  const word = told.trim();
  const named = (codes ??= codesByName()).get(word.toLowerCase());
  if (named !== undefined) return named;
  const [tag] = canonical(word.replaceAll('_', '-'));
  return tag !== undefined && isKnown(tag) && v.is(language, tag) ? tag : undefined;
}

const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** `auto` is a well-formed tag, only of no language. */
const isKnown = (tag: string): boolean => names.of(tag) !== undefined;

function canonical(tag: string): string[] {
  try {
    return Intl.getCanonicalLocales(tag);
  } catch {
    return [];
  }
}

/** Every two-letter code that has a name: once, and of two codes for one language the current one. */
function codesByName(): ReadonlyMap<string, string> {
  const pairs = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  return new Map(
    pairs.flatMap((code) => {
      const name = names.of(code);
      const [current = code] = canonical(code);
      return name === undefined ? [] : [[name.toLowerCase(), current] as const];
    }),
  );
}
