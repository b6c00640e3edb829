import * as v from 'valibot';

/** Of the base64 text of one append; OpenAI's own limit, and DashScope's. */
export const MAX_APPEND_CHARS = 15 * 1024 * 1024;
/** What upstreams are asked for at most; a wish for more is granted as far as that. */
export const MAX_TOKENS = 8_192;
/** Of words that one message adds to a conversation: more than any model behind a relay has room for. */
export const MAX_TEXT_CHARS = 200_000;
const MAX_INSTRUCTIONS_CHARS = 100_000;

export const TOO_LONG = 'The text is too long.';
export const Text = v.pipe(v.string(), v.maxLength(MAX_TEXT_CHARS, TOO_LONG));
export const Instructions = v.pipe(v.string(), v.maxLength(MAX_INSTRUCTIONS_CHARS, TOO_LONG));
