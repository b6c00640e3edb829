import { overlay, type JournalOp, type StoredUtterance } from '../journal-op.ts';
import type { AudioChunk } from '../audio-records.ts';
import type { JournalStore } from '../journal-store.ts';
import type { StorageProblem } from '../storage-problem.ts';
import { failed, ok, type Result } from '#kernel/result';

/** A store whose disk can be filled, and which remembers how it was written to. */
export class MemoryStore implements JournalStore {
  problem: StorageProblem | undefined;
  readonly writes: { ops: readonly JournalOp[]; durability: 'strict' | 'relaxed' }[] = [];
  isClosed = false;
  #stored: StoredUtterance[] = [];

  /** While set, writes hang here until it resolves. */
  gate: Promise<void> = Promise.resolve();

  async write(ops: readonly JournalOp[], durability: 'strict' | 'relaxed'): Promise<Result<void, StorageProblem>> {
    await this.gate;
    if (this.problem) return failed(this.problem);
    this.writes.push({ ops, durability });
    this.#stored = overlay(this.#stored, ops);
    return ok(undefined);
  }

  pending(conversation: string): Promise<Result<StoredUtterance[], StorageProblem>> {
    if (this.problem?.kind === 'storage-unavailable') return Promise.resolve(failed(this.problem));
    return Promise.resolve(ok(this.#stored.filter(({ record }) => record.pendingIn === conversation)));
  }

  utterance(utterance: string): Promise<Result<StoredUtterance['record'] | undefined, StorageProblem>> {
    if (this.problem?.kind === 'storage-unavailable') return Promise.resolve(failed(this.problem));
    return Promise.resolve(ok(this.#stored.find(({ record }) => record.utterance === utterance)?.record));
  }

  userAudio(utterance: string): Promise<Result<AudioChunk[], StorageProblem>> {
    if (this.problem?.kind === 'storage-unavailable') return Promise.resolve(failed(this.problem));
    return Promise.resolve(ok(this.#stored.find(({ record }) => record.utterance === utterance)?.chunks ?? []));
  }

  close(): void {
    this.isClosed = true;
  }
}
