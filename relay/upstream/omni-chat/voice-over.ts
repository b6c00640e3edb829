import { Outbox } from '../cascade/outbox.ts';
import { Sentences } from '../cascade/sentences.ts';
import { SpeechLine } from '../cascade/speech-line.ts';
import type { Synthesiser } from '../speech.ts';
import type { ReplyEvent } from '../upstream.ts';

/** Sentences that may be made beyond the one being listened to. */
const LOOK_AHEAD = 2;

export interface VoiceOverOptions {
  synthesiser: Synthesiser;
  voice: string | undefined;
  rateHz: number;
}

/** Speaks an answer that is only written, sentence by sentence while it is being written. What it calls comes after it. */
export async function* speakAlong(
  answer: (signal: AbortSignal) => AsyncIterable<ReplyEvent>,
  { synthesiser, voice, rateHz }: VoiceOverOptions,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent, void> {
  if (signal.aborted) return;
  const outbox = new Outbox();
  const abort = new AbortController();
  const hangUp = () => {
    abort.abort();
    outbox.end();
  };
  const onFailure = (problem: Extract<ReplyEvent, { kind: 'failed' }>['problem']) => {
    if (!abort.signal.aborted) outbox.fail(problem);
    abort.abort();
  };
  const manner = voice === undefined ? {} : { voice };
  const line = new SpeechLine({ synthesiser, manner, rateHz, lookAhead: LOOK_AHEAD, outbox, onFailure }, abort.signal);
  const write = async () => {
    const sentences = new Sentences();
    const calls: ReplyEvent[] = [];
    for await (const event of answer(abort.signal)) {
      if (event.kind === 'failed') return onFailure(event.problem);
      if (event.kind === 'tool-call') calls.push(event);
      else outbox.put(event);
      if (event.kind === 'text') for (const sentence of sentences.push(event.text)) line.say(sentence);
    }
    for (const sentence of sentences.flush()) line.say(sentence);
    await line.finished();
    for (const call of calls) outbox.put(call);
    outbox.end();
  };
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    write().catch((error: unknown) => outbox.throw(error));
    for (let event = await outbox.next(); event && !signal.aborted; event = await outbox.next()) yield event;
  } finally {
    signal.removeEventListener('abort', hangUp);
    hangUp();
  }
}

/**
 * Passes an answer on as it comes, and speaks its words in the end where it had no voice: talkers now and then stay
 * silent on answers of a word or two, and servers that run without one always do.
 */
export async function* speakIfSilent(
  answer: AsyncIterable<ReplyEvent>,
  options: VoiceOverOptions,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent, void> {
  let words = '';
  let isSilent = true;
  const calls: ReplyEvent[] = [];
  for await (const event of answer) {
    if (event.kind === 'text') words += event.text;
    if (event.kind === 'audio' || event.kind === 'failed') isSilent = false;
    // What is said before a call is heard before it.
    if (event.kind === 'tool-call' && isSilent && words.trim() !== '') calls.push(event);
    else yield event;
  }
  if (isSilent && words.trim() !== '') yield* speakAll(words, options, signal);
  yield* calls;
}

async function* speakAll(
  words: string,
  options: VoiceOverOptions,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent, void> {
  const written = async function* (): AsyncGenerator<ReplyEvent> {
    yield { kind: 'text', text: words };
  };
  for await (const event of speakAlong(written, options, signal)) if (event.kind !== 'text') yield event;
}
