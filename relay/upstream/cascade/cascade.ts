import { systemClock, type Clock } from '#kernel/clock';
import { LIMITS, toAnswerLanguage } from '#protocol';
import { UPSTREAM_TIMEOUTS } from '../http-client/patience.ts';
import type { Chat } from '../openai-chat/chat.ts';
import { toLanguageTag } from '../language-tag.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { Recogniser, Synthesiser } from '../speech.ts';
import type { ContextItem, ReplyEvent, Upstream, UpstreamHealth, UpstreamProblem, UpstreamTurn } from '../upstream.ts';
import { Ear } from './ear.ts';
import { toMessages } from './messages.ts';
import { Outbox } from './outbox.ts';
import { Sentences } from './sentences.ts';
import { SpeechLine } from './speech-line.ts';
import { toUserText } from './transcript.ts';

/** A part that holds connections of its own. */
type Closable = { close?: () => Promise<void> };

export interface CascadeOptions {
  recogniser: Recogniser & Closable;
  chat: Chat & Closable;
  /** Without one, answers are text only. */
  synthesiser?: Synthesiser & Closable;
  /** Sentences that may be synthesized beyond the one being listened to. */
  lookAhead?: number;
  /** Silence borne between the end of the audio given and the next event. */
  stallMs?: number;
  clock?: Clock;
}

type PartName = 'recogniser' | 'chat' | 'synthesiser';

/** One answer on its way. */
interface Call {
  outbox: Outbox;
  signal: AbortSignal;
  fail(part: PartName | undefined, problem: UpstreamProblem): void;
}

/** The conversation with words for what was said last. */
interface Heard {
  items: ContextItem[];
  /** BCP 47. */
  language: string | undefined;
}

/**
 * Speech to text, text to text, text to speech: three servers in a row behind the face of one. Words are shown as they
 * are written; sentences are spoken while the next ones are still being written. Where there were no words in what the
 * user said there is nothing to answer, and the answer is empty: nothing failed, and asking again would bring no other.
 */
export class Cascade implements Upstream {
  readonly name = 'cascade';
  readonly outputRateHz = LIMITS.outputRateHz;
  readonly #options: CascadeOptions;
  readonly #stallMs: number;
  readonly #clock: Clock;

  constructor(options: CascadeOptions) {
    this.#options = options;
    this.#stallMs = options.stallMs ?? UPSTREAM_TIMEOUTS.stallMs;
    this.#clock = options.clock ?? systemClock;
  }

  get model(): string {
    return this.#parts()
      .map(([, { model }]) => model)
      .join(' + ');
  }

  get voices(): readonly string[] {
    return this.#options.synthesiser?.voices ?? [];
  }

  async *respond(turn: UpstreamTurn, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    if (signal.aborted) return;
    const outbox = new Outbox();
    const abort = new AbortController();
    const hangUp = () => {
      abort.abort();
      outbox.end();
    };
    const fail: Call['fail'] = (part, problem) => {
      const detail = [part, problem.detail].filter(Boolean).join(': ');
      if (!abort.signal.aborted) outbox.fail({ ...problem, detail });
      abort.abort();
    };
    signal.addEventListener('abort', hangUp, { once: true });
    try {
      const call = { outbox, fail, signal: abort.signal };
      this.#answer(turn, call).catch((error: unknown) => outbox.throw(error));
      for await (const event of this.#inTime(call)) {
        if (signal.aborted) return;
        yield event;
      }
    } finally {
      signal.removeEventListener('abort', hangUp);
      hangUp();
    }
  }

  async check(signal: AbortSignal): Promise<UpstreamHealth> {
    const healths = await Promise.all(
      this.#parts().map(async ([name, part]) => ({ name, ...(await part.check(signal)) })),
    );
    const worst = healths.find(({ state }) => state === 'down') ?? healths.find(({ state }) => state === 'unknown');
    const detail = healths.flatMap((health) => (health.detail ? [`${health.name}: ${health.detail}`] : [])).join('; ');
    return {
      state: worst?.state ?? 'up',
      ...(worst ? {} : { latencyMs: Math.max(...healths.map(({ latencyMs }) => latencyMs ?? 0)) }),
      ...(detail === '' ? {} : { detail }),
    };
  }

  /** Ends idle connections and running answers of all parts. */
  async close(): Promise<void> {
    await Promise.all(this.#parts().map(async ([, part]) => part.close?.()));
  }

  #parts(): [PartName, (Recogniser | Chat | Synthesiser) & Closable][] {
    const { recogniser, chat, synthesiser } = this.#options;
    const voice: [PartName, Synthesiser & Closable][] = synthesiser ? [['synthesiser', synthesiser]] : [];
    return [['recogniser', recogniser], ['chat', chat], ...voice];
  }

  /** What is ready, as long as the listener is not left in silence. */
  async *#inTime({ outbox, fail }: Call): AsyncGenerator<ReplyEvent, void> {
    const ear = new Ear(this.outputRateHz, this.#clock);
    for (;;) {
      const leftMs = ear.leftMs;
      const stall = () => fail(undefined, toUpstreamProblem('upstream-stalled', 'no event in time'));
      const cancel = leftMs === undefined ? undefined : this.#clock.after(leftMs + this.#stallMs, stall);
      const event = await outbox.next().finally(cancel);
      if (!event) return;
      if (event.kind === 'audio') ear.take(event.pcm.length);
      yield event;
    }
  }

  async #answer(turn: UpstreamTurn, call: Call): Promise<void> {
    const { outbox, signal } = call;
    const heard = await this.#hearAll(turn.items, call);
    if (!heard) return;
    if (!asksAnything(heard.items)) return outbox.end();
    const line = this.#openLine(turn, toAnswerLanguage(turn.settings, heard.language), call);
    const sentences = new Sentences();
    const calls: ReplyEvent[] = [];
    const messages = toMessages({ ...turn, items: heard.items });
    for await (const event of this.#options.chat.write({ ...turn, messages }, signal)) {
      if (event.kind === 'failed') return call.fail('chat', event.problem);
      if (event.kind === 'tool-call') calls.push(event);
      else outbox.put(event);
      if (event.kind === 'text') for (const sentence of sentences.push(event.text)) line?.say(sentence);
    }
    for (const sentence of sentences.flush()) line?.say(sentence);
    await line?.finished();
    // What is said before a call is heard before it.
    for (const toolCall of calls) outbox.put(toolCall);
    outbox.end();
  }

  /**
   * Puts words to what was said since the last answer and has none. Earlier speech is left as it is: it would delay
   * every answer by further requests. Nothing where it failed, which is then told, or was aborted.
   */
  async #hearAll(items: readonly ContextItem[], call: Call): Promise<Heard | undefined> {
    const answeredAt = items.findLastIndex(({ kind }) => kind === 'assistant' || kind === 'tool-call');
    const unheard = items.slice(answeredAt + 1).filter(isUnheard);
    const transcripts = await Promise.all(unheard.map(({ audio }) => this.#hear(audio, call)));
    const heard = new Map<ContextItem, Words>();
    for (const [i, item] of unheard.entries()) {
      const transcript = transcripts[i];
      if (!transcript) return undefined;
      heard.set(item, toWords(transcript));
    }
    // Of several, the last is what is answered.
    const question = items.findLast(({ kind }) => kind === 'user');
    const asked = question && heard.get(question);
    if (asked && asked.text !== '') call.outbox.put({ kind: 'transcript', ...asked });
    return {
      items: items.map((item) => (heard.has(item) ? { kind: 'user', text: heard.get(item)?.text ?? '' } : item)),
      language: asked?.language,
    };
  }

  /** Nothing where it failed, which is then told, or was aborted. */
  async #hear(audio: Uint8Array, call: Call): Promise<{ text: string; language?: string } | undefined> {
    for await (const event of this.#options.recogniser.transcribe({ audio }, call.signal)) {
      if (event.kind === 'done') return event;
      if (event.kind === 'failed') call.fail('recogniser', event.problem);
    }
    return undefined;
  }

  #openLine({ settings, isSilent }: UpstreamTurn, language: string | undefined, call: Call): SpeechLine | undefined {
    const { synthesiser, lookAhead = 2 } = this.#options;
    if (!synthesiser || isSilent) return undefined;
    const { outbox, fail, signal } = call;
    const manner = {
      ...(settings.voice === undefined ? {} : { voice: settings.voice }),
      ...(language === undefined ? {} : { language }),
    };
    const onFailure = (problem: UpstreamProblem) => fail('synthesiser', problem);
    return new SpeechLine({ synthesiser, manner, rateHz: this.outputRateHz, lookAhead, outbox, onFailure }, signal);
  }
}

const isUnheard = (item: ContextItem): item is { kind: 'user'; audio: Uint8Array } =>
  item.kind === 'user' && item.audio !== undefined && !item.text;

interface Words {
  text: string;
  /** BCP 47. */
  language?: string;
}

function toWords({ text, language }: { text: string; language?: string }): Words {
  const tag = language === undefined ? undefined : toLanguageTag(language);
  return { text: toUserText(text), ...(tag !== undefined && { language: tag }) };
}

/** Sounds that are no words, and nothing else, are not to be answered. */
const asksAnything = (items: readonly ContextItem[]): boolean => {
  const last = items.findLast(({ kind }) => kind !== 'system');
  return last?.kind !== 'user' || Boolean(last.text);
};

export const createCascade = (options: CascadeOptions): Cascade => new Cascade(options);
