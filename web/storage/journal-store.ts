import type { IDBPDatabase, IDBPObjectStore, IDBPTransaction } from 'idb';
import { AudioChunk, intact, UtteranceRecord } from './audio-records.ts';
import { advanceRecord, ConversationRecord, newConversation } from './conversation-record.ts';
import type { Database } from './database.ts';
import { settled, type JournalOp, type StoredUtterance, type UtterancePatch } from './journal-op.ts';
import type { LogEntry } from '../conversation/log.ts';
import type { EarshotDb } from './schema.ts';
import type { StorageProblem } from './storage-problem.ts';
import type { Result } from '#kernel/result';

/** Where a journal writes. Behind an interface, so that tests can fill the disk. */
export interface JournalStore {
  /** All of it or nothing, and true only after the transaction is complete. */
  write(ops: readonly JournalOp[], durability: 'strict' | 'relaxed'): Promise<Result<void, StorageProblem>>;
  /** Utterances without a stored answer; damaged records are left out. */
  pending(conversation: string): Promise<Result<StoredUtterance[], StorageProblem>>;
  utterance(utterance: string): Promise<Result<UtteranceRecord | undefined, StorageProblem>>;
  userAudio(utterance: string): Promise<Result<AudioChunk[], StorageProblem>>;
  close(): void;
}

const STORES = ['conversations', 'log', 'utterances', 'audio', 'replies'] as const;
type JournalTransaction = IDBPTransaction<EarshotDb, typeof STORES, 'readwrite'>;

export class IndexedDbJournalStore implements JournalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  write(ops: readonly JournalOp[], durability: 'strict' | 'relaxed'): Promise<Result<void, StorageProblem>> {
    return this.#database.run((db) => writeAll(db, ops, durability));
  }

  pending(conversation: string): Promise<Result<StoredUtterance[], StorageProblem>> {
    return this.#database.run(async (db) => {
      const records = intact(UtteranceRecord, await db.getAllFromIndex('utterances', 'pendingIn', conversation));
      return Promise.all(records.map(async (record) => ({ record, chunks: await chunksOf(db, record.utterance) })));
    });
  }

  utterance(utterance: string): Promise<Result<UtteranceRecord | undefined, StorageProblem>> {
    return this.#database.run(async (db) => intact(UtteranceRecord, [await db.get('utterances', utterance)])[0]);
  }

  userAudio(utterance: string): Promise<Result<AudioChunk[], StorageProblem>> {
    return this.#database.run((db) => chunksOf(db, utterance));
  }

  close(): void {
    this.#database.close();
  }
}

export async function chunksOf(db: IDBPDatabase<EarshotDb>, utterance: string): Promise<AudioChunk[]> {
  return intact(AudioChunk, await db.getAll('audio', allOf(utterance)));
}

/** Every key that begins with `first`: arrays sort after all numbers and strings. */
export const allOf = (first: string): IDBKeyRange => IDBKeyRange.bound([first], [first, []]);

async function writeAll(
  db: IDBPDatabase<EarshotDb>,
  ops: readonly JournalOp[],
  durability: 'strict' | 'relaxed',
): Promise<void> {
  const transaction = db.transaction(STORES, 'readwrite', { durability });
  const outcome = transaction.done.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  try {
    for (const op of ops) if (op.op !== 'log') await apply(transaction, op);
    await log(
      transaction,
      ops.flatMap((op) => (op.op === 'log' ? [op.entry] : [])),
    );
  } catch (error) {
    abortQuietly(transaction);
    // What a request says is often only "aborted"; the transaction knows why, a full disk above all.
    throw (await outcome)?.error ?? error;
  }
  const failure = await outcome;
  if (failure) throw failure.error;
}

/** A failed request has aborted it already; a record that cannot be cloned has not. */
function abortQuietly(transaction: JournalTransaction): void {
  try {
    transaction.abort();
  } catch {
    // Already over.
  }
}

async function apply(transaction: JournalTransaction, op: Exclude<JournalOp, { op: 'log' }>): Promise<void> {
  switch (op.op) {
    case 'begin':
      await transaction.objectStore('utterances').put(op.record);
      return;
    case 'audio':
      await transaction.objectStore('audio').put(op.chunk);
      return;
    case 'note':
      return change(transaction, op.utterance, (record) => ({ ...record, ...improving(record, op.patch) }));
    case 'reply':
      await transaction.objectStore('replies').put(op.chunk);
      return;
    case 'settle': {
      const replies = transaction.objectStore('replies');
      const { utterance, attempt } = op;
      await replies.delete(IDBKeyRange.bound([utterance], [utterance, attempt], false, true));
      await replies.delete(IDBKeyRange.bound([utterance, attempt + 1], [utterance, []]));
      return change(transaction, utterance, (record) => settled(record, attempt));
    }
    case 'discard':
      await transaction.objectStore('utterances').delete(op.utterance);
      await transaction.objectStore('audio').delete(allOf(op.utterance));
      await transaction.objectStore('replies').delete(allOf(op.utterance));
      return;
  }
}

async function change(
  transaction: JournalTransaction,
  utterance: string,
  edit: (record: UtteranceRecord) => UtteranceRecord,
): Promise<void> {
  const store = transaction.objectStore('utterances');
  const record = await store.get(utterance);
  if (record) await store.put(edit(record));
}

/** An attempt number never goes back, whatever order notes come in. */
function improving(record: UtteranceRecord, patch: UtterancePatch): UtterancePatch {
  return patch.attempt !== undefined && patch.attempt < record.attempt ? { ...patch, attempt: record.attempt } : patch;
}

/**
 * Facts are never changed. An entry whose place holds the same fact was written before, by a flush that seemed to fail;
 * one whose place holds another fact was numbered without knowing of it (another tab), and goes to the end.
 */
async function log(transaction: JournalTransaction, entries: readonly LogEntry[]): Promise<void> {
  const store = transaction.objectStore('log');
  const conversations = transaction.objectStore('conversations');
  const changed = new Map<string, ConversationRecord>();
  for (const entry of entries) {
    const { conversation: id, seq, atMs } = entry;
    const there: unknown = await store.get([id, seq]);
    if (there !== undefined && isSame(there, entry)) continue;
    await store.add(there === undefined ? entry : { ...entry, seq: await nextSeq(store, id) });
    const [stored] = changed.has(id) ? [] : intact(ConversationRecord, [await conversations.get(id)]);
    changed.set(id, advanceRecord(changed.get(id) ?? stored ?? newConversation(id, atMs), entry));
  }
  for (const record of changed.values()) await conversations.put(record);
}

const isSame = (stored: unknown, entry: LogEntry): boolean => JSON.stringify(stored) === JSON.stringify(entry);

type LogStore = IDBPObjectStore<EarshotDb, typeof STORES, 'log', 'readwrite'>;

async function nextSeq(store: LogStore, conversation: string): Promise<number> {
  const last = await store.openKeyCursor(allOf(conversation), 'prev');
  const seq = last?.primaryKey[1];
  return typeof seq === 'number' ? seq + 1 : 0;
}
