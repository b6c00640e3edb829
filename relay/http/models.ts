import { Hono } from 'hono';
import * as v from 'valibot';
import type { Recogniser, Synthesiser } from '../upstream/speech.ts';
import type { Upstream } from '../upstream/upstream.ts';

export interface Models {
  upstream: Upstream;
  recogniser?: Recogniser;
  synthesiser?: Synthesiser;
}

const Model = v.object({
  id: v.pipe(v.string(), v.description('As its server names it.')),
  object: v.literal('model'),
  owned_by: v.pipe(v.string(), v.description('The kind of server it runs on.')),
  role: v.pipe(v.picklist(['answer', 'transcription', 'speech']), v.description('What the relay uses it for.')),
  voices: v.pipe(v.array(v.string()), v.description('As far as the server tells; empty where it does not.')),
});

/** In the form of OpenAI's list of models, with what else is worth knowing. */
export const ModelList = v.object({ object: v.literal('list'), data: v.array(Model) });

/** GET /models: who does what at present. Made anew each time: a pool changes over, a server learns its voices. */
export function modelRoutes({ upstream, recogniser, synthesiser }: Models): Hono {
  const entry = (
    role: v.InferOutput<typeof Model>['role'],
    { name, model, voices = [] }: { name: string; model: string; voices?: readonly string[] },
  ) => ({ id: model, object: 'model' as const, owned_by: name, role, voices: [...voices] });
  const list = (): v.InferOutput<typeof ModelList> => ({
    object: 'list',
    data: [
      // The echo has no model.
      ...(upstream.name === 'echo' ? [] : [entry('answer', upstream)]),
      ...(recogniser ? [entry('transcription', recogniser)] : []),
      ...(synthesiser ? [entry('speech', synthesiser)] : []),
    ],
  });
  return new Hono().get('/models', (c) => c.json(list(), 200, { 'Cache-Control': 'no-store' }));
}
