import { languagesOf } from '#models/registry/languages';
import { languageName } from '../language-name.ts';

/** What is offered where it is not known who answers. */
const USUAL_MODEL = 'Qwen3-Omni';

export interface OfferedLanguages {
  /** Known to be spoken by whoever answers; by name. */
  spoken: readonly string[];
  /** Understood; an answer in one of them may come in writing only. */
  understood: readonly string[];
}

/** `model` as the relay names it: of a cascade, its parts joined by ` + `. */
export function offeredLanguages(model: string): OfferedLanguages {
  const usual = languagesOf(USUAL_MODEL);
  const parts = model.split(' + ').map(languagesOf);
  const spoken = new Set(orElse(flat(parts.map((part) => part?.output)), usual?.output));
  const understood = orElse(flat(parts.map((part) => part?.input)), usual?.input);
  return { spoken: byName([...spoken]), understood: byName(understood.filter((language) => !spoken.has(language))) };
}

const flat = (lists: readonly (readonly string[] | undefined)[]): string[] => lists.flatMap((list) => list ?? []);

const orElse = (known: readonly string[], usual: readonly string[] = []) => (known.length > 0 ? known : usual);

const byName = (languages: readonly string[]): string[] =>
  [...new Set(languages)].sort((a, b) => languageName(a).localeCompare(languageName(b), 'en'));

/** The person's own language, and one more: what an interpreter starts with. */
export function usualPair(ownLanguage: string): [string, string] {
  const own = ownLanguage.split('-', 1)[0] || 'en';
  return own === 'en' ? ['en', 'es'] : [own, 'en'];
}
