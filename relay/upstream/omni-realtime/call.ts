import type { Clock } from '#kernel/clock';
import { Patience, type UpstreamTimeouts } from '../http-client/patience.ts';
import type { PcmReader } from '../pcm/pcm-reader.ts';
import type { ContextItem, ReplyEvent, UpstreamProblem } from '../upstream.ts';
import { AnswerReader } from './answer-reader.ts';
import { parseEvent } from './event.ts';
import { isSpoken } from './history-items.ts';
import { receive, type Line } from './line.ts';

/** A transcript comes from another model than the answer, now and then only after it. */
const LATE_TRANSCRIPT_MS = 1_000;
/** For the closing event of an answer that was cancelled. */
const DRAIN_MS = 500;

/** One turn on one line. */
export class Call {
  readonly line: Line;
  readonly #news: readonly ContextItem[];
  readonly #pcm: PcmReader;
  readonly #reader: AnswerReader;
  readonly #timeouts: UpstreamTimeouts;
  #isEnded = false;

  constructor(line: Line, news: readonly ContextItem[], pcm: PcmReader, timeouts: UpstreamTimeouts) {
    this.line = line;
    this.#news = news;
    this.#pcm = pcm;
    this.#timeouts = timeouts;
    const { hasResponses } = line.dialect;
    this.#reader = new AnswerReader({ pcm, hasResponses, findsTurnsItself: () => line.findsTurnsItself });
  }

  /** Whether anything has been told to the caller. */
  get hasSpoken(): boolean {
    return this.#reader.isHeard || this.#reader.said.length > 0;
  }

  /** The rate the server stated, where it was not the one expected. */
  get noticedRateHz(): number | undefined {
    return this.#pcm.noticedRateHz;
  }

  /** Asks and yields the answer; returns why it ended too soon, if it did. */
  async *answer(patience: Patience): AsyncGenerator<ReplyEvent, UpstreamProblem | undefined> {
    const { line } = this;
    await line.ask(this.#news);
    while (!this.#reader.isOver) {
      const problem = yield* this.#readOne(patience);
      if (problem) return problem;
    }
    if (line.transcribes && this.#news.some(isSpoken)) yield* this.#awaitTranscript();
    if (this.#reader.heardSoFar) yield { kind: 'transcript', text: this.#reader.heardSoFar };
    if (this.#reader.usage) yield { kind: 'usage', usage: this.#reader.usage };
    return undefined;
  }

  /** After a whole answer: whether the line can take another turn. */
  end(): boolean {
    if (this.#isEnded) return false;
    this.#isEnded = true;
    this.line.told.add([...this.#news, ...this.#reader.said]);
    return this.line.dialect.hasResponses;
  }

  /**
   * Stops the answer at the server, at once; true when the line can take another turn afterwards, which is known only
   * when the server has closed the answer. Without `wantsLine` the line is closed.
   */
  async cancel(clock: Clock, wantsLine: boolean): Promise<boolean> {
    if (this.#isEnded) return false;
    this.#isEnded = true;
    const { socket } = this.line;
    socket.interrupt();
    const isCancelled = this.line.cancel();
    if (wantsLine && isCancelled && (await this.#drain(clock))) {
      this.line.told.add([...this.#news, ...this.#reader.said]);
      return true;
    }
    socket.close();
    return false;
  }

  async *#readOne(patience: Patience): AsyncGenerator<ReplyEvent, UpstreamProblem | undefined> {
    const event = await receive(this.line.socket, patience);
    if (!event.ok) return event.problem;
    if (event.value.kind === 'updated') await this.line.confirm(event.value.session);
    const said = this.#reader.read(event.value);
    if (!said.ok) return said.problem;
    yield* said.value;
    // The user's words are no sign of an answer, and events we do not know are none of its going on.
    const isAnswer = said.value.some(({ kind }) => kind === 'text' || kind === 'audio' || kind === 'tool-call');
    if (isAnswer || (patience.hasAnswered && event.value.kind !== 'other')) patience.renew(this.#timeouts.stallMs);
    return undefined;
  }

  /** Waits a little, without making a failure of what comes of it: the answer is whole. */
  async *#awaitTranscript(): AsyncGenerator<ReplyEvent, void> {
    const budget = { ...this.#timeouts, firstEventMs: LATE_TRANSCRIPT_MS };
    const patience = new Patience(budget, () => this.line.socket.interrupt());
    while (!this.#reader.isHeard) {
      const event = await receive(this.line.socket, patience);
      if (!event.ok) return;
      const said = this.#reader.read(event.value);
      if (said.ok) yield* said.value;
    }
  }

  /** Reads on to the closing event: until then the server goes on with what it was saying. */
  async #drain(clock: Clock): Promise<boolean> {
    const { socket } = this.line;
    const stop = clock.after(DRAIN_MS, () => socket.interrupt());
    try {
      for (;;) {
        const frame = await socket.next();
        const event = typeof frame === 'string' ? parseEvent(frame) : undefined;
        if (!event?.ok) return false;
        if (event.value.kind === 'done') return true;
        this.#reader.read(event.value);
      }
    } catch {
      return false;
    } finally {
      stop();
    }
  }
}
