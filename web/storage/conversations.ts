import type { ConversationSetup, ConversationStore, ConversationSummary } from '../conversation/ports.ts';
import { intact, joinAudio, joinReply, ReplyChunk } from './audio-records.ts';
import { ConversationRecord, newConversation, toSummary } from './conversation-record.ts';
import { Database } from './database.ts';
import { allOf, chunksOf } from './journal-store.ts';
import { isLogEntry } from './log-schema.ts';
import type { LogEntry } from '../conversation/log.ts';
import type { StorageProblem } from './storage-problem.ts';
import type { Result } from '#kernel/result';

const BY_CONVERSATION = ['conversations', 'log', 'utterances', 'audio', 'replies'] as const;

/** Storage refused something that cannot be done without it (rename, remove, read back). */
export class StorageError extends Error {
  readonly problem: StorageProblem;

  constructor(problem: StorageProblem) {
    super(problem.detail ?? problem.kind);
    this.name = 'StorageError';
    this.problem = problem;
  }
}

/** Past conversations. Every method but `list`, `create` and `nextFence` throws a `StorageError` when storage fails. */
export function createConversationStore(
  database: Database = new Database(),
  wallNowMs: () => number = () => Date.now(),
): ConversationStore {
  return new IndexedDbConversations(database, wallNowMs);
}

class IndexedDbConversations implements ConversationStore {
  readonly #database: Database;
  readonly #wallNowMs: () => number;

  constructor(database: Database, wallNowMs: () => number) {
    this.#database = database;
    this.#wallNowMs = wallNowMs;
  }

  /** Empty without storage: there is nothing to list, and the journal says that nothing is being kept. */
  async list(): Promise<ConversationSummary[]> {
    const stored = await this.#database.run((db) => db.getAll('conversations'));
    if (!stored.ok) return [];
    return intact(ConversationRecord, stored.value)
      .sort((a, b) => b.updatedAtMs - a.updatedAtMs)
      .map(toSummary);
  }

  /** Without storage nothing happens: the journal makes up for it with the first entry it can write. */
  async create(id: string, atMs: number, setup: ConversationSetup = {}): Promise<void> {
    await this.#edit(id, atMs, (record) => ({ ...record, setup }));
  }

  async setup(id: string): Promise<ConversationSetup> {
    const stored = await this.#database.run((db) => db.get('conversations', id));
    return stored.ok ? (intact(ConversationRecord, [stored.value])[0]?.setup ?? {}) : {};
  }

  async changeSetup(id: string, setup: ConversationSetup): Promise<void> {
    orThrow(await this.#edit(id, this.#wallNowMs(), (record) => ({ ...record, setup })));
  }

  async rename(id: string, title: string): Promise<void> {
    orThrow(await this.#edit(id, this.#wallNowMs(), (record) => ({ ...record, title, titleFrom: 'user' })));
  }

  /** One transaction: either nothing of it is left, or nothing was touched. */
  async remove(id: string): Promise<void> {
    const removed = await this.#database.run(async (db) => {
      const transaction = db.transaction(BY_CONVERSATION, 'readwrite', { durability: 'strict' });
      const utterances = transaction.objectStore('utterances');
      for (const utterance of await utterances.index('conversation').getAllKeys(id)) {
        await transaction.objectStore('audio').delete(allOf(utterance));
        await transaction.objectStore('replies').delete(allOf(utterance));
        await utterances.delete(utterance);
      }
      await transaction.objectStore('log').delete(allOf(id));
      await transaction.objectStore('conversations').delete(id);
      await transaction.done;
    });
    orThrow(removed);
  }

  async log(conversation: string): Promise<LogEntry[]> {
    const stored: unknown[] = orThrow(await this.#database.run((db) => db.getAll('log', allOf(conversation))));
    return stored.filter(isLogEntry);
  }

  /**
   * At least the time in seconds, so that it also grows when storage is not there to count (one tab must be able to
   * take a conversation over from another in a private window).
   */
  async nextFence(conversation: string): Promise<number> {
    const nowMs = this.#wallNowMs();
    const seconds = Math.floor(nowMs / 1000);
    let fence = seconds;
    await this.#edit(conversation, nowMs, (record) => {
      fence = Math.max(record.fence + 1, seconds);
      return { ...record, fence };
    });
    return fence;
  }

  async userAudio(utterance: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const pcm = joinAudio(orThrow(await this.#database.run((db) => chunksOf(db, utterance))));
    return pcm.length > 0 ? pcm : undefined;
  }

  /** Of the settled attempt; before there is one, of the latest. */
  async replyAudio(utterance: string): Promise<{ pcm: Uint8Array<ArrayBuffer>; rateHz: number } | undefined> {
    const chunks = intact(
      ReplyChunk,
      orThrow(await this.#database.run((db) => db.getAll('replies', allOf(utterance)))),
    );
    const attempt = chunks.reduce((latest, chunk) => Math.max(latest, chunk.attempt), 0);
    const last = chunks.filter((chunk) => chunk.attempt === attempt);
    const rateHz = last[0]?.rateHz;
    return rateHz === undefined ? undefined : { pcm: joinReply(last), rateHz };
  }

  /** Reads, changes and writes the record in one transaction, so that two tabs cannot both take the same fence. */
  #edit(
    id: string,
    atMs: number,
    edit: (record: ConversationRecord) => ConversationRecord,
  ): Promise<Result<void, StorageProblem>> {
    return this.#database.run(async (db) => {
      const transaction = db.transaction('conversations', 'readwrite');
      const [record] = intact(ConversationRecord, [await transaction.store.get(id)]);
      await transaction.store.put(edit(record ?? newConversation(id, atMs)));
      await transaction.done;
    });
  }
}

function orThrow<T>(result: Result<T, StorageProblem>): T {
  if (!result.ok) throw new StorageError(result.problem);
  return result.value;
}
