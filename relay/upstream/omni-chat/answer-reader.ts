import { systemClock, type Clock } from '#kernel/clock';
import { ok, type Result } from '#kernel/result';
import type { Usage } from '#protocol';
import type { StreamReader } from '../http-client/event-stream.ts';
import { HiddenText } from '../openai-chat/hidden-text.ts';
import type { ReplyEvent, UpstreamProblem } from '../upstream.ts';
import type { ChunkReader } from './chunk.ts';

/**
 * Audio is kept for words no longer than this: a talker says its first sound some hundred milliseconds after the first
 * word was written, so words that have not come by then are held up elsewhere, and an answer must not be for ever.
 */
const HOLD_MS = 1_000;

/** Further calls follow the first within milliseconds; what sounds after this is nothing but calls read out. */
const CALLED_MS = 400;

/**
 * Words, voice and tool calls of a streamed completion, without what nobody is to hear: thoughts and calls that were
 * written among the words. A talker reads such markup out like anything else, and its audio cannot be told from that of
 * the words; so audio waits until words have shown that this is an answer, and ends where a call begins.
 */
export class AnswerReader implements StreamReader<ReplyEvent> {
  readonly #chunks: ChunkReader;
  readonly #clock: Clock;
  readonly #hidden = new HiddenText();
  /** Audio that may turn out to be markup read aloud; undefined once it is known not to be. */
  #waiting: ReplyEvent[] | undefined;
  #waitingSinceMs: number | undefined;
  /** When last something came that was no audio, by the clock. */
  #writtenAtMs = 0;
  #hasEnded = false;

  constructor(chunks: ChunkReader, speaksMarkup: boolean, clock: Clock = systemClock) {
    this.#chunks = chunks;
    this.#clock = clock;
    this.#waiting = speaksMarkup ? [] : undefined;
  }

  get isFinished(): boolean {
    return this.#hasEnded || this.#chunks.isFinished;
  }

  /** It has called its tools, and goes on only to read that out: nobody needs to wait until it has. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Of an answer that was left before its end, what it took in is known and no more. */
  get usage(): Usage | undefined {
    const { usage } = this.#chunks;
    if (!this.#hasEnded) return usage;
    return usage?.inputTokens === undefined ? undefined : { inputTokens: usage.inputTokens };
  }

  read(data: string): Result<ReplyEvent[], UpstreamProblem> {
    const read = this.#chunks.read(data);
    if (!read.ok) return read;
    const nowMs = this.#clock.nowMs();
    const events = read.value.flatMap((event) => this.#sift(event, nowMs));
    if (!read.value.some(({ kind }) => kind === 'audio')) this.#writtenAtMs = nowMs;
    this.#hasEnded = this.#hasCalled && nowMs - this.#writtenAtMs > CALLED_MS;
    return ok(this.#hasEnded ? [...events, ...this.#chunks.flush()] : events);
  }

  /** What is left to say when the stream has ended. */
  flush(): ReplyEvent[] {
    return [...this.#show(this.#hidden.flush()), ...this.#release(), ...this.#chunks.flush()];
  }

  get #isCall(): boolean {
    return this.#hidden.hasCall || this.#chunks.hasCall;
  }

  /** Every call it has begun is whole. */
  get #hasCalled(): boolean {
    return this.#isCall && !this.#hidden.isHiding && !this.#chunks.isCalling;
  }

  #sift(event: ReplyEvent, nowMs: number): ReplyEvent[] {
    if (event.kind === 'text') return this.#show(this.#hidden.push(event.text));
    if (event.kind !== 'audio') return [event];
    if (this.#isCall) return [];
    if (!this.#waiting) return [event];
    this.#waiting.push(event);
    this.#waitingSinceMs ??= nowMs;
    return nowMs - this.#waitingSinceMs > HOLD_MS ? this.#release() : [];
  }

  #show(seen: readonly ReplyEvent[]): ReplyEvent[] {
    const isWord = seen.some((event) => event.kind === 'text' && event.text.trim() !== '');
    return isWord ? [...seen, ...this.#release()] : [...seen];
  }

  #release(): ReplyEvent[] {
    const released = this.#isCall ? [] : (this.#waiting ?? []);
    this.#waiting = undefined;
    return released;
  }
}
