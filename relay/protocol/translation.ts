import type { Settings } from './common.ts';

/** The language itself, without script and region: `pt` of `pt-BR`. */
export const baseLanguage = (tag: string): string => tag.split('-', 1)[0]?.toLowerCase() ?? '';

export const isSameLanguage = (one: string, other: string): boolean => baseLanguage(one) === baseLanguage(other);

/** Which of the two is to be spoken for words in `spoken`; undefined where that is neither. */
export function toOtherLanguage([one, other]: readonly [string, string], spoken: string): string | undefined {
  if (isSameLanguage(one, spoken)) return other;
  return isSameLanguage(other, spoken) ? one : undefined;
}

/** The language an answer will be in, as far as settings and the user's language tell. */
export function toAnswerLanguage(settings: Settings, userLanguage: string | undefined): string | undefined {
  const { translation, answerLanguage } = settings;
  if (translation) return userLanguage === undefined ? undefined : toOtherLanguage(translation.languages, userLanguage);
  return answerLanguage === undefined || answerLanguage === 'mirror' ? userLanguage : answerLanguage;
}
