import type { Clock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import type { Command } from '../conversation/commands.ts';
import type { ConversationEvent } from '../conversation/events.ts';
import type { EndOfTurn, Journal, RelayLink } from '../conversation/ports.ts';
import type { LogBook } from './log-book.ts';
import type { Recorder } from './recorder.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface UtteranceParts {
  clock: Clock;
  journal: Journal;
  link: RelayLink;
  recorder: Recorder;
  endOfTurn: Pick<EndOfTurn, 'judge'>;
  dispatch(event: ConversationEvent): void;
  /** When a sample of the microphone was captured, on the clock above. */
  toMs(sample: number): number;
  /** The words in PCM16LE at LIMITS.inputRateHz; undefined where nobody can tell. */
  recognise(pcm: Uint8Array<ArrayBuffer>): Promise<string | undefined>;
}

export type UtteranceCommand = Exclude<Extract<Command, { utterance: string }>, { type: 'play.start' }>;

/** As much as the end-of-turn model listens to. */
const JUDGED_SAMPLES = 8 * LIMITS.inputRateHz;

/** Carries out what the machine wants done with an utterance: recorded, kept, sent, judged, settled. */
export class Utterances {
  readonly #parts: UtteranceParts;
  readonly #stopwatch: Stopwatch;
  readonly #call: () => { conversation: string; book: LogBook } | undefined;

  constructor(
    parts: UtteranceParts,
    stopwatch: Stopwatch,
    call: () => { conversation: string; book: LogBook } | undefined,
  ) {
    this.#parts = parts;
    this.#stopwatch = stopwatch;
    this.#call = call;
  }

  async #judge(utterance: string, endSample: number): Promise<void> {
    const { recorder, endOfTurn, dispatch } = this.#parts;
    const probability = await endOfTurn.judge(recorder.tail(utterance, JUDGED_SAMPLES));
    if (probability !== undefined) dispatch({ type: 'turn.judged', utterance, endSample, probability });
  }

  /** A short sound over the answer: were they words that stop it? */
  async check({ stream, fromSample, toSample }: Extract<Command, { type: 'interjection.check' }>): Promise<void> {
    const { recorder, recognise, dispatch } = this.#parts;
    const text = await recognise(recorder.span(fromSample, toSample));
    if (text !== undefined) dispatch({ type: 'interjection.understood', stream, text });
  }

  carryOut(command: UtteranceCommand): void {
    const { recorder, link, journal, clock, toMs } = this.#parts;
    const { utterance } = command;
    switch (command.type) {
      case 'utterance.open':
        return recorder.open(this.#call()?.conversation ?? '', utterance, command.fromSample);
      case 'utterance.commit':
        recorder.pause();
        void journal.seal(utterance);
        link.commit(utterance, command.isSpeculative);
        return this.#stopwatch.committed(utterance, toMs(command.voiceEndSample), clock.nowMs());
      case 'turn.judge':
        void this.#judge(utterance, command.endSample);
        return;
      case 'utterance.confirm':
        recorder.pause();
        return this.#stopwatch.confirmed(utterance, clock.nowMs());
      case 'utterance.reopen':
        link.reopen(utterance);
        journal.reopen(utterance);
        return recorder.resume(utterance, command.fromSample);
      case 'utterance.discard':
        recorder.pause();
        journal.discard(utterance);
        return link.discard(utterance);
      case 'utterance.restore':
        void this.#restore(utterance);
        return;
      case 'utterance.release':
        return link.discard(utterance);
      case 'reply.cancel':
        return this.#cancel(utterance, command.attempt, command.heardSample);
      case 'reply.settle':
        void this.#settle(utterance, command.attempt);
        return;
    }
  }

  /** The log has the interruption already: what it makes of the answer is what everybody remembers. */
  #cancel(utterance: string, attempt: number, heardSample: number): void {
    const heard = this.#call()?.book.turn(utterance)?.reply?.text ?? '';
    if (attempt === 0) this.#parts.link.discard(utterance);
    else this.#parts.link.cancel(utterance, attempt, heardSample, heard.slice(0, LIMITS.maxTextChars));
  }

  /** Stored first; only then may the relay forget. */
  async #settle(utterance: string, attempt: number): Promise<void> {
    const { journal, link } = this.#parts;
    await journal.settle(utterance, attempt);
    if (attempt > 0) link.receipt(utterance, attempt);
    else link.discard(utterance);
  }

  async #restore(utterance: string): Promise<void> {
    const { journal, link } = this.#parts;
    const pending = await journal.pending(this.#call()?.conversation ?? '');
    const found = pending.find((one) => one.utterance === utterance);
    if (!found) return;
    link.restore(utterance, found.frames, found.attempt);
    link.commit(utterance, false);
  }
}
