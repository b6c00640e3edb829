import { concat } from './audio-records.ts';
import type { JournalOp } from './journal-op.ts';

type Waiting = { op: JournalOp; parts?: Uint8Array[]; endAt?: number };

/**
 * Changes waiting to be written. Neighbouring audio becomes one record, neighbouring notes about one utterance one
 * note: a flush then costs a handful of requests however many frames it holds.
 */
export class JournalQueue {
  #waiting: Waiting[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Audio waiting here. */
  get bytes(): number {
    return this.#bytes;
  }

  push(op: JournalOp): void {
    if (op.op === 'discard') this.#forget(op.utterance);
    if (op.op === 'audio' || op.op === 'reply') this.#pushAudio(op);
    else if (!this.#merge(op)) this.#waiting.push({ op });
  }

  /** All of it, in order; nothing is left. */
  take(): JournalOp[] {
    const ops = this.peek();
    this.#waiting = [];
    this.#bytes = 0;
    return ops;
  }

  /** What `take()` would give. */
  peek(): JournalOp[] {
    return this.#waiting.map(({ op, parts }) => {
      if (!parts || (op.op !== 'audio' && op.op !== 'reply')) return op;
      return op.op === 'audio'
        ? { op: 'audio', chunk: { ...op.chunk, pcm: concat(parts) } }
        : { op: 'reply', chunk: { ...op.chunk, pcm: concat(parts) } };
    });
  }

  /** Could not be written: they come first again. */
  putBack(ops: readonly JournalOp[]): void {
    const later = this.peek();
    this.#waiting = [];
    this.#bytes = 0;
    for (const op of [...ops, ...later]) this.push(op);
  }

  /**
   * Lets go of what can be had again until `maxBytes` are left: the oldest answer audio first, then the audio of
   * utterances that are settled. What is still waiting for its answer is never dropped.
   */
  trim(maxBytes: number): void {
    const settled = new Set(this.#waiting.flatMap(({ op }) => (op.op === 'settle' ? [op.utterance] : [])));
    this.#drop(maxBytes, (op) => op.op === 'reply');
    this.#drop(maxBytes, (op) => op.op === 'audio' && settled.has(op.chunk.utterance));
  }

  #pushAudio(op: Extract<JournalOp, { op: 'audio' | 'reply' }>): void {
    const { pcm } = op.chunk;
    const startAt = op.op === 'audio' ? op.chunk.byte : op.chunk.sample * 2;
    this.#bytes += pcm.length;
    const last = this.#lastOf(op.chunk.utterance);
    if (last?.parts && last.endAt === startAt && isSameStream(last.op, op)) {
      last.parts.push(pcm);
      last.endAt += pcm.length;
    } else this.#waiting.push({ op, parts: [pcm], endAt: startAt + pcm.length });
  }

  #merge(op: JournalOp): boolean {
    if (op.op !== 'note') return false;
    const last = this.#lastOf(op.utterance);
    if (last?.op.op !== 'note') return false;
    last.op = { ...op, patch: { ...last.op.patch, ...op.patch } };
    return true;
  }

  /** Changes to one utterance keep their order; those to others, and the log, do not matter to it. */
  #lastOf(utterance: string): Waiting | undefined {
    return this.#waiting.findLast(({ op }) => utteranceOf(op) === utterance);
  }

  #forget(utterance: string): void {
    this.#drop(-1, (op) => utteranceOf(op) === utterance);
  }

  #drop(maxBytes: number, mayGo: (op: JournalOp) => boolean): void {
    this.#waiting = this.#waiting.filter(({ op, parts }) => {
      if (this.#bytes <= maxBytes || !mayGo(op)) return true;
      this.#bytes -= (parts ?? []).reduce((sum, part) => sum + part.length, 0);
      return false;
    });
  }
}

function utteranceOf(op: JournalOp): string | undefined {
  if (op.op === 'begin') return op.record.utterance;
  if (op.op === 'audio' || op.op === 'reply') return op.chunk.utterance;
  return op.op === 'log' ? undefined : op.utterance;
}

function isSameStream(a: JournalOp, b: JournalOp): boolean {
  if (a.op === 'audio') return b.op === 'audio';
  return (
    a.op === 'reply' && b.op === 'reply' && a.chunk.attempt === b.chunk.attempt && a.chunk.rateHz === b.chunk.rateHz
  );
}
