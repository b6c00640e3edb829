import * as v from 'valibot';

/** About an hour of speech. */
export const MAX_READ_CHARS = 50_000;

export const SpokenText = v.pipe(
  v.string(),
  v.maxLength(MAX_READ_CHARS),
  v.check((text) => /[\p{L}\p{N}]/u.test(text), 'has no letter or digit in it'),
  v.description('What is to be spoken; read sentence by sentence, Markdown marks left out.'),
);
export const Voice = v.pipe(
  v.string(),
  v.regex(/^[^\p{Cc}]{1,128}$/u),
  v.description('As the speech server names it, see GET /models; its default otherwise.'),
);
export const Language = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$/),
  v.description('BCP 47, such as `de` or `pt-BR`; left to the server otherwise.'),
);
export const Speed = v.pipe(
  v.number(),
  v.minValue(0.25),
  v.maxValue(4),
  v.description("1 is the voice's own pace, which is also the default."),
);

/** Body of POST /read, and what a `start` carries. */
export const ReadRequest = v.strictObject({
  text: SpokenText,
  voice: v.exactOptional(Voice),
  language: v.exactOptional(Language),
  speed: v.exactOptional(Speed),
});
