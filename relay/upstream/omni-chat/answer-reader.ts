import { ok, type Result } from '#kernel/result';
import type { Usage } from '#protocol';
import type { StreamReader } from '../http-client/event-stream.ts';
import { HiddenText } from '../openai-chat/hidden-text.ts';
import type { ReplyEvent, UpstreamProblem } from '../upstream.ts';
import type { ChunkReader } from './chunk.ts';

/**
 * Words and voice of a streamed completion, without what nobody is to hear: thoughts and tool calls that were written
 * among the words. A talker reads such markup out like anything else, and its audio cannot be told from that of the
 * words; so audio waits until words have shown that this is an answer, and ends where a call begins.
 */
export class AnswerReader implements StreamReader<ReplyEvent> {
  readonly #chunks: ChunkReader;
  readonly #hidden = new HiddenText();
  /** Audio that may turn out to be markup read aloud; undefined once it is known not to be. */
  #waiting: ReplyEvent[] | undefined;

  constructor(chunks: ChunkReader, speaksMarkup: boolean) {
    this.#chunks = chunks;
    this.#waiting = speaksMarkup ? [] : undefined;
  }

  get isFinished(): boolean {
    return this.#chunks.isFinished;
  }

  get usage(): Usage | undefined {
    return this.#chunks.usage;
  }

  read(data: string): Result<ReplyEvent[], UpstreamProblem> {
    const events = this.#chunks.read(data);
    return events.ok ? ok(events.value.flatMap((event) => this.#sift(event))) : events;
  }

  /** What is left to say when the stream has ended. */
  flush(): ReplyEvent[] {
    return [...this.#show(this.#hidden.flush()), ...this.#release()];
  }

  #sift(event: ReplyEvent): ReplyEvent[] {
    if (event.kind === 'text') return this.#show(this.#hidden.push(event.text));
    if (event.kind !== 'audio') return [event];
    if (this.#hidden.hasCall) return [];
    this.#waiting?.push(event);
    return this.#waiting ? [] : [event];
  }

  #show(text: string): ReplyEvent[] {
    if (text === '') return [];
    const words: ReplyEvent = { kind: 'text', text };
    return text.trim() === '' ? [words] : [words, ...this.#release()];
  }

  #release(): ReplyEvent[] {
    const released = this.#hidden.hasCall ? [] : (this.#waiting ?? []);
    this.#waiting = undefined;
    return released;
  }
}
