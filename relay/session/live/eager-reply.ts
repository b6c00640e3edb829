import { messageOf } from '#kernel/result';
import { LIMITS } from '#protocol';
import type { ReplyEvent, Upstream, UpstreamTurn } from '../../upstream/upstream.ts';

/**
 * An answer that is asked for at once, whether or not anybody listens yet: its events wait until they are read. Past the
 * limit of unread sound the upstream is no longer read from.
 */
export class EagerReply {
  readonly #abort = new AbortController();
  readonly #unread: ReplyEvent[] = [];
  #unreadBytes = 0;
  #hasEnded = false;
  #hasFailed = false;
  /** Wakes whoever waits: the reader for events, or the writer for room. */
  #wake = () => {};

  constructor(upstream: Upstream, turn: Promise<UpstreamTurn>) {
    void this.#pull(upstream, turn);
  }

  /** Whether or not that has been read. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  abort(): void {
    this.#abort.abort();
    this.#hasEnded = true;
    this.#wake();
  }

  /** For one reader. Ends after the last event, `failed` included, or when aborted. */
  async *events(): AsyncGenerator<ReplyEvent> {
    for (;;) {
      const event = this.#unread.shift();
      if (event) {
        this.#unreadBytes -= sizeOf(event);
        this.#wake();
        yield event;
      } else if (this.#hasEnded) return;
      else await this.#changed();
    }
  }

  async #pull(upstream: Upstream, turn: Promise<UpstreamTurn>): Promise<void> {
    const { signal } = this.#abort;
    try {
      for await (const event of upstream.respond(await turn, signal)) {
        if (signal.aborted) return;
        this.#push(event);
        if (event.kind === 'failed') break;
        while (this.#unreadBytes > LIMITS.maxReplyBufferBytes && !signal.aborted) await this.#changed();
      }
    } catch (thrown) {
      // Adapters tell failures as events; one that throws has a bug, and its caller must not wait for ever.
      if (signal.aborted) return;
      const problem = { kind: 'upstream-faulty', retry: 'later', detail: messageOf(thrown) } as const;
      this.#push({ kind: 'failed', problem });
    }
    this.#hasEnded = true;
    this.#wake();
  }

  #push(event: ReplyEvent): void {
    this.#hasFailed ||= event.kind === 'failed';
    this.#unread.push(event);
    this.#unreadBytes += sizeOf(event);
    this.#wake();
  }

  /** The reader waits only for events and the writer only for room: never both. */
  #changed(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

const sizeOf = (event: ReplyEvent): number => (event.kind === 'audio' ? event.pcm.length : 0);
