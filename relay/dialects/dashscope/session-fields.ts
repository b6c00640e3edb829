import * as v from 'valibot';

/**
 * Names for 16 bit PCM that have been in use at one time or another: `pcm24` means the same samples at 24 kHz, and what
 * comes in is at 16 kHz whatever it is called.
 */
export const FormatWord = v.picklist(['pcm', 'pcm16', 'pcm24']);
export type FormatWord = v.InferOutput<typeof FormatWord>;

/** Of the sound that comes in; 8 kHz is what telephones have. */
export const SampleRate = v.picklist([8_000, 16_000, 24_000]);
export const DEFAULT_SAMPLE_RATE_HZ = 16_000;
/** Of answers, always. */
export const OUTPUT_RATE_HZ = 24_000;

const MAX_CORPUS_CHARS = 10_000;
const TOO_LONG = 'The text is too long.';

/** How the words of the speaker are wanted. Null stands for what the server would take by itself. */
export const TranscriptionWish = v.object({
  model: v.nullish(v.pipe(v.string(), v.maxLength(200, TOO_LONG))),
  language: v.nullish(v.pipe(v.string(), v.regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'That is no language.'))),
  corpus: v.nullish(v.object({ text: v.nullish(v.pipe(v.string(), v.maxLength(MAX_CORPUS_CHARS, TOO_LONG))) })),
});
export type TranscriptionWish = v.InferOutput<typeof TranscriptionWish>;

/** What helps a recogniser; `auto` is what it does by itself. */
export function hintsOf({ language, corpus }: TranscriptionWish): { language?: string; prompt?: string } {
  return {
    ...(language != null && language.toLowerCase() !== 'auto' && { language }),
    ...(corpus?.text && { prompt: corpus.text }),
  };
}

/** As the session object shows it: the name the client gave to the model, else that of the one there is. */
export function writeTranscription(wish: TranscriptionWish, model: string | undefined): object {
  return {
    model: wish.model ?? model ?? null,
    ...(wish.language != null && { language: wish.language }),
    ...(wish.corpus?.text && { corpus: { text: wish.corpus.text } }),
  };
}
