import type { Journal, JournalHealth, PendingUtterance } from '../conversation/ports.ts';
import { joinAudio, toFrames } from './audio-records.ts';
import { Database } from './database.ts';
import { overlay, type JournalOp, type StoredUtterance } from './journal-op.ts';
import { JournalQueue } from './journal-queue.ts';
import { IndexedDbJournalStore, type JournalStore } from './journal-store.ts';
import type { LogEntry } from '../conversation/log.ts';
import type { StorageProblem } from './storage-problem.ts';
import { systemClock, type Clock } from '#kernel/clock';
import { Emitter } from '#kernel/emitter';
import { failed, ok, type Result } from '#kernel/result';

/** The most that a crash may cost. */
const FLUSH_MS = 250;
/** A full or closed store is asked again this often; each time everything waiting is copied. */
const RETRY_MS = 5_000;
/** Half an hour of both sides' audio. Beyond it what can be had again is dropped, never what waits for an answer. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

export interface JournalOptions {
  store: JournalStore;
  clock: Clock;
  /** Wall clock in ms since 1970. */
  wallNowMs: () => number;
}

export function createJournal(options: Partial<JournalOptions> = {}): Journal {
  return new BufferedJournal({
    store: options.store ?? new IndexedDbJournalStore(new Database()),
    clock: options.clock ?? systemClock,
    wallNowMs: options.wallNowMs ?? (() => Date.now()),
  });
}

/** Collects changes and writes them together. What cannot be written waits in memory and is tried again. */
class BufferedJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #queue = new JournalQueue();
  readonly #health = new Emitter<{ health: JournalHealth }>();
  /** Bytes of the user's audio so far, of utterances that may still grow. */
  readonly #byteEnds = new Map<string, number>();
  #writing: Promise<unknown> = Promise.resolve();
  #mustBeStrict = false;
  #problem: StorageProblem | undefined;
  #isProven = false;
  #cancelTimer: (() => void) | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  beginUtterance(conversation: string, utterance: string): void {
    const startedAtMs = this.#options.wallNowMs();
    const record = {
      utterance,
      conversation,
      startedAtMs,
      isSealed: false,
      attempt: 0,
      playedSample: 0,
      pendingIn: conversation,
    };
    this.#byteEnds.set(utterance, 0);
    this.#push({ op: 'begin', record });
  }

  appendFrame(utterance: string, pcm: Uint8Array<ArrayBuffer>): void {
    const byte = this.#byteEnds.get(utterance);
    if (byte === undefined) return;
    this.#byteEnds.set(utterance, byte + pcm.length);
    this.#push({ op: 'audio', chunk: { utterance, byte, pcm } });
  }

  seal(utterance: string): Promise<Result<void, StorageProblem>> {
    this.#push({ op: 'note', utterance, patch: { isSealed: true } });
    return this.#write('strict');
  }

  reopen(utterance: string): void {
    this.#push({ op: 'note', utterance, patch: { isSealed: false } });
  }

  discard(utterance: string): void {
    this.#byteEnds.delete(utterance);
    this.#push({ op: 'discard', utterance });
  }

  noteAttempt(utterance: string, attempt: number): void {
    this.#push({ op: 'note', utterance, patch: { attempt } });
  }

  notePlayed(utterance: string, playedSample: number): void {
    this.#push({ op: 'note', utterance, patch: { playedSample } });
  }

  appendReply(utterance: string, attempt: number, rateHz: number, sample: number, pcm: Uint8Array): void {
    // A copy: what comes from the wire is a view into a larger message, and all of that would be stored with it.
    this.#push({ op: 'reply', chunk: { utterance, attempt, rateHz, sample, pcm: new Uint8Array(pcm) } });
  }

  settle(utterance: string, attempt: number): Promise<Result<void, StorageProblem>> {
    this.#byteEnds.delete(utterance);
    this.#push({ op: 'settle', utterance, attempt });
    return this.#write('strict');
  }

  appendLog(entry: LogEntry): void {
    this.#push({ op: 'log', entry });
  }

  async pending(conversation: string): Promise<PendingUtterance[]> {
    await this.flush();
    const stored = await this.#options.store.pending(conversation);
    if (!stored.ok) this.#report(stored.problem);
    const pending = overlay(stored.ok ? stored.value : [], this.#queue.peek())
      .filter(({ record }) => record.pendingIn === conversation)
      .map(toPending)
      .filter(({ frames }) => frames.length > 0)
      .sort((a, b) => a.startedAtMs - b.startedAtMs || (a.utterance < b.utterance ? -1 : 1));
    for (const { utterance, frames } of pending) {
      if (!this.#byteEnds.has(utterance)) this.#byteEnds.set(utterance, lengthOf(frames));
    }
    return pending;
  }

  async playedSample(utterance: string): Promise<number> {
    await this.flush();
    const stored = await this.#options.store.utterance(utterance);
    return stored.ok ? (stored.value?.playedSample ?? 0) : 0;
  }

  async userAudio(utterance: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    await this.flush();
    const stored = await this.#options.store.userAudio(utterance);
    if (!stored.ok) this.#report(stored.problem);
    const waiting = this.#queue
      .peek()
      .flatMap((op) => (op.op === 'audio' && op.chunk.utterance === utterance ? [op.chunk] : []));
    const pcm = joinAudio([...(stored.ok ? stored.value : []), ...waiting]);
    return pcm.length > 0 ? pcm : undefined;
  }

  async flush(): Promise<void> {
    await this.#write('relaxed');
  }

  onHealth(listener: (health: JournalHealth) => void): () => void {
    return this.#health.on('health', listener);
  }

  close(): void {
    this.#cancelTimer?.();
    void this.#write('relaxed').then(() => {
      this.#cancelTimer?.();
      this.#options.store.close();
    });
  }

  #push(op: JournalOp): void {
    this.#queue.push(op);
    if (this.#queue.bytes > MAX_WAITING_BYTES) this.#queue.trim(MAX_WAITING_BYTES);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#cancelTimer) return;
    this.#cancelTimer = this.#options.clock.after(
      this.#problem ? RETRY_MS : FLUSH_MS,
      () => void this.#write('relaxed'),
    );
  }

  /** Writes one after the other: a transaction that overtook another could keep the end and lose the middle. */
  #write(durability: 'strict' | 'relaxed'): Promise<Result<void, StorageProblem>> {
    // What was asked for strictly may be taken along by a write that was queued before.
    if (durability === 'strict') this.#mustBeStrict = true;
    const done = this.#writing.then(() => this.#writeWaiting());
    this.#writing = done;
    return done;
  }

  async #writeWaiting(): Promise<Result<void, StorageProblem>> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#queue.isEmpty) return ok(undefined);
    const ops = this.#queue.take();
    const durability = this.#mustBeStrict ? 'strict' : 'relaxed';
    const written = await this.#options.store.write(ops, durability);
    if (!written.ok) {
      this.#queue.putBack(ops);
      this.#report(written.problem);
      this.#schedule();
      return failed(written.problem);
    }
    if (durability === 'strict') this.#mustBeStrict = false;
    if (!this.#isProven || this.#problem) this.#health.emit('health', { state: 'durable' });
    this.#isProven = true;
    this.#problem = undefined;
    return written;
  }

  #report(problem: StorageProblem): void {
    if (this.#problem?.kind !== problem.kind) this.#health.emit('health', { state: 'memory', problem });
    this.#problem = problem;
  }
}

function toPending({ record, chunks }: StoredUtterance): PendingUtterance {
  const { utterance, conversation, isSealed, attempt, playedSample, startedAtMs } = record;
  return { utterance, conversation, frames: toFrames(joinAudio(chunks)), isSealed, attempt, playedSample, startedAtMs };
}

const lengthOf = (frames: readonly Uint8Array[]): number => frames.reduce((sum, frame) => sum + frame.length, 0);
