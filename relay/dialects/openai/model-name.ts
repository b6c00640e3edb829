/** Clients of OpenAI's have its names built in. */
const OPENAI_REALTIME = /^gpt-(?:realtime|audio|4o(?:-mini)?-(?:realtime|audio|transcribe))[\w.-]{0,64}$/;

/**
 * Whether a client that asks for this model may be answered by the one there is: it has to name that one (with or
 * without its owner), one of OpenAI's, which stand for it, or none. Whoever asks for another gets to hear that it is
 * not here.
 */
export function isServedModel(asked: string, served: string): boolean {
  const name = asked.toLowerCase();
  const own = served.toLowerCase();
  return name === own || name === own.split('/').at(-1) || OPENAI_REALTIME.test(name) || name === 'whisper-1';
}
