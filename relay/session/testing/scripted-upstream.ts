import { LIMITS } from '#protocol';
import type { ContextItem, ReplyEvent, Upstream, UpstreamHealth, UpstreamTurn } from '../../upstream/upstream.ts';

/** One request to the upstream, answered event by event by the test. */
export class ScriptedAnswer {
  readonly turn: UpstreamTurn;
  readonly signal: AbortSignal;
  /** Events the relay has taken. */
  taken = 0;
  /** The relay reads no more of it. */
  isOver = false;
  readonly #events: ReplyEvent[] = [];
  #ended = false;
  #wake: () => void = () => {};

  constructor(turn: UpstreamTurn, signal: AbortSignal) {
    this.turn = turn;
    this.signal = signal;
    signal.addEventListener('abort', () => this.#wake());
  }

  /** The sound that is to be answered. */
  get spoken(): Uint8Array {
    const last = this.turn.items.at(-1);
    if (last?.kind !== 'user' || !last.audio) throw new Error('nothing was said');
    return last.audio;
  }

  /** What came before it. */
  get context(): readonly ContextItem[] {
    return this.turn.items.slice(0, -1);
  }

  push(...events: ReplyEvent[]): this {
    this.#events.push(...events);
    this.#wake();
    return this;
  }

  end(): this {
    this.#ended = true;
    this.#wake();
    return this;
  }

  text(text: string): this {
    return this.push({ kind: 'text', text });
  }

  /** `ms` of audio whose samples count up from `from`, so that any loss or mix shows. */
  audio(ms: number, from = 0): this {
    const pcm = Int16Array.from({ length: (LIMITS.outputRateHz * ms) / 1000 }, (_, i) => from + i);
    return this.push({ kind: 'audio', pcm: new Uint8Array(pcm.buffer) });
  }

  fail(kind: Extract<ReplyEvent, { kind: 'failed' }>['problem']['kind'], retryAfterMs?: number): this {
    return this.push({ kind: 'failed', problem: { kind, retry: 'later', ...(retryAfterMs && { retryAfterMs }) } });
  }

  async *stream(): AsyncGenerator<ReplyEvent> {
    try {
      yield* this.#script();
    } finally {
      this.isOver = true;
    }
  }

  async *#script(): AsyncGenerator<ReplyEvent> {
    for (;;) {
      if (this.signal.aborted) return;
      const event = this.#events.shift();
      if (event) {
        this.taken++;
        yield event;
      } else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** An upstream that keeps every request and does what the test says. */
export class ScriptedUpstream implements Upstream {
  readonly name = 'scripted';
  readonly model = 'script-1';
  readonly outputRateHz = LIMITS.outputRateHz;
  readonly voices = ['Ada', 'Bob'];
  readonly answers: ScriptedAnswer[] = [];
  /** When set, answers each request by itself. */
  onRequest: ((answer: ScriptedAnswer) => void) | undefined;
  health: UpstreamHealth = { state: 'up', latencyMs: 3 };
  checks = 0;

  get last(): ScriptedAnswer {
    const answer = this.answers.at(-1);
    if (!answer) throw new Error('nothing was asked of the upstream');
    return answer;
  }

  respond(turn: UpstreamTurn, signal: AbortSignal): AsyncIterable<ReplyEvent> {
    const answer = new ScriptedAnswer({ ...turn, items: turn.items.map(copyOf) }, signal);
    this.answers.push(answer);
    this.onRequest?.(answer);
    return answer.stream();
  }

  check(): Promise<UpstreamHealth> {
    this.checks++;
    return Promise.resolve(this.health);
  }
}

/** As it is now: the caller may use its buffer again. */
const copyOf = (item: ContextItem): ContextItem =>
  item.kind === 'user' && item.audio ? { ...item, audio: item.audio.slice() } : item;
