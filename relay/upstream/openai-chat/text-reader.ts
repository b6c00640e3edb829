import { ok, type Result } from '#kernel/result';
import type { Usage } from '#protocol';
import type { StreamReader } from '../http-client/event-stream.ts';
import { ChunkReader } from '../omni-chat/chunk.ts';
import type { ReplyEvent, ToolCall, UpstreamProblem } from '../upstream.ts';
import { HiddenText, type Words } from './hidden-text.ts';

/** The rate of audio that is thrown away. */
const ANY_RATE_HZ = 24_000;

/** Reads the words and the tool calls of a streamed completion and nothing else: no reasoning, no audio. */
export class TextReader implements StreamReader<Words | ToolCall> {
  readonly #chunks = new ChunkReader(ANY_RATE_HZ);
  readonly #hidden = new HiddenText();
  #hasWords = false;
  #hasCalled = false;

  get isFinished(): boolean {
    return this.#chunks.isFinished;
  }

  /** Whether there was anything to be seen or done at all. */
  get hasAnswered(): boolean {
    return this.#hasWords || this.#hasCalled;
  }

  get usage(): Usage | undefined {
    return this.#chunks.usage;
  }

  read(data: string): Result<(Words | ToolCall)[], UpstreamProblem> {
    const events = this.#chunks.read(data);
    return events.ok ? ok(events.value.flatMap((event) => this.#sift(event))) : events;
  }

  /** What is left when the stream has ended. */
  flush(): (Words | ToolCall)[] {
    return [...this.#show(this.#hidden.flush()), ...this.#show(this.#chunks.flush())];
  }

  #sift(event: ReplyEvent): (Words | ToolCall)[] {
    if (event.kind === 'text') return this.#show(this.#hidden.push(event.text));
    return event.kind === 'tool-call' ? this.#show([event]) : [];
  }

  /** Blank lines before the first word are left from a hidden block. */
  #show(events: readonly (Words | ToolCall)[]): (Words | ToolCall)[] {
    return events.flatMap((event): (Words | ToolCall)[] => {
      this.#hasCalled ||= event.kind === 'tool-call';
      if (event.kind === 'tool-call') return [event];
      const text = this.#hasWords ? event.text : event.text.trimStart();
      if (text !== '') this.#hasWords = true;
      return text === '' ? [] : [{ kind: 'text', text }];
    });
  }
}
