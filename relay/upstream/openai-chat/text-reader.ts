import { ok, type Result } from '#kernel/result';
import type { Usage } from '#protocol';
import type { StreamReader } from '../http-client/event-stream.ts';
import { ChunkReader } from '../omni-chat/chunk.ts';
import type { UpstreamProblem } from '../upstream.ts';
import { HiddenText } from './hidden-text.ts';

/** The rate of audio that is thrown away. */
const ANY_RATE_HZ = 24_000;

export interface Words {
  kind: 'text';
  text: string;
}

/** Reads the words of a streamed completion and nothing else: no reasoning, no tool calls, no audio. */
export class TextReader implements StreamReader<Words> {
  readonly #chunks = new ChunkReader(ANY_RATE_HZ);
  readonly #hidden = new HiddenText();
  #hasWords = false;

  get isFinished(): boolean {
    return this.#chunks.isFinished;
  }

  /** Whether there was anything to be seen at all. */
  get hasWords(): boolean {
    return this.#hasWords;
  }

  get usage(): Usage | undefined {
    return this.#chunks.usage;
  }

  read(data: string): Result<Words[], UpstreamProblem> {
    const events = this.#chunks.read(data);
    if (!events.ok) return events;
    const words = events.value.map((event) => (event.kind === 'text' ? event.text : '')).join('');
    return ok(this.#show(this.#hidden.push(words)));
  }

  /** What is left to say when the stream has ended. */
  flush(): Words[] {
    return this.#show(this.#hidden.flush());
  }

  /** Blank lines before the first word are left from a hidden block. */
  #show(words: string): Words[] {
    const shown = this.#hasWords ? words : words.trimStart();
    if (shown !== '') this.#hasWords = true;
    return shown === '' ? [] : [{ kind: 'text', text: shown }];
  }
}
