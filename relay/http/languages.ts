import { Hono } from 'hono';
import * as v from 'valibot';
import { languagesOf } from '#models/registry/languages';
import type { Models } from './models.ts';

const Language = v.object({
  code: v.pipe(v.string(), v.description('BCP 47.')),
  name: v.pipe(v.string(), v.description('In English.')),
});

export const LanguageList = v.object({
  input: v.pipe(v.array(Language), v.description('Languages it understands when they are spoken.')),
  output: v.pipe(v.array(Language), v.description('Languages it speaks.')),
  unknown: v.pipe(
    v.array(v.string()),
    v.description('Models in use whose languages are not known here: they may have others.'),
  ),
});

const NAMES = new Intl.DisplayNames('en', { type: 'language' });

/** GET /languages: what the models in use hear and speak, as far as it is known. */
export function languageRoutes({ upstream, recogniser, synthesiser }: Models): Hono {
  const list = (): v.InferOutput<typeof LanguageList> => {
    // The echo has no model.
    const answering = upstream.name === 'echo' ? [] : [upstream.model];
    const hearing = [...answering, ...(recogniser ? [recogniser.model] : [])];
    const speaking = [...answering, ...(synthesiser ? [synthesiser.model] : [])];
    const all = new Set([...hearing, ...speaking]);
    return {
      input: toLanguages(hearing.flatMap((model) => languagesOf(model)?.input ?? [])),
      output: toLanguages(speaking.flatMap((model) => languagesOf(model)?.output ?? [])),
      unknown: [...all].filter((model) => !languagesOf(model)),
    };
  };
  return new Hono().get('/languages', (c) => c.json(list(), 200, { 'Cache-Control': 'no-store' }));
}

const toLanguages = (codes: readonly string[]) =>
  [...new Set(codes)].map((code) => ({ code, name: NAMES.of(code) ?? code }));
