import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import type { AudioChunk, ReplyChunk, UtteranceRecord } from './audio-records.ts';
import type { ConversationRecord } from './conversation-record.ts';
import type { LogEntry } from '../conversation/log.ts';

/** Everything this program keeps in the browser. Values are read back with suspicion: see the `parse…` functions. */
export interface EarshotDb extends DBSchema {
  conversations: { key: string; value: ConversationRecord };
  log: { key: [conversation: string, seq: number]; value: LogEntry };
  utterances: {
    key: string;
    value: UtteranceRecord;
    indexes: { conversation: string; pendingIn: string };
  };
  /** The user's audio. */
  audio: { key: [utterance: string, byte: number]; value: AudioChunk };
  /** Answer audio. */
  replies: { key: [utterance: string, attempt: number, sample: number]; value: ReplyChunk };
  settings: { key: string; value: unknown };
}

export const DB_NAME = 'earshot';

export type UpgradeTransaction = IDBPTransaction<EarshotDb, StoreName[], 'versionchange'>;
export type StoreName = 'conversations' | 'log' | 'utterances' | 'audio' | 'replies' | 'settings';
/** Brings the database from the version before to this one; only requests of the transaction may be awaited. */
export type Migration = (db: IDBPDatabase<EarshotDb>, transaction: UpgradeTransaction) => Promise<void> | void;

/** `MIGRATIONS[n]` leads from version n to n + 1. Never changed once released, only added to. */
export const MIGRATIONS: readonly Migration[] = [
  (db) => {
    db.createObjectStore('conversations', { keyPath: 'id' });
    db.createObjectStore('log', { keyPath: ['conversation', 'seq'] });
    const utterances = db.createObjectStore('utterances', { keyPath: 'utterance' });
    utterances.createIndex('conversation', 'conversation');
    // Sparse: a settled utterance has no such field and costs nothing here.
    utterances.createIndex('pendingIn', 'pendingIn');
    db.createObjectStore('audio', { keyPath: ['utterance', 'byte'] });
    db.createObjectStore('replies', { keyPath: ['utterance', 'attempt', 'sample'] });
    db.createObjectStore('settings');
  },
  // Conversations used to be held as the settings were at that moment; from now on each keeps its own.
  async (_db, transaction) => {
    const settings = transaction.objectStore('settings');
    const [systemPrompt, voice] = [await settings.get('systemPrompt'), await settings.get('voice')];
    const setup = {
      ...(typeof systemPrompt === 'string' && { systemPrompt }),
      ...(typeof voice === 'string' && { voice }),
    };
    const conversations = transaction.objectStore('conversations');
    for (const record of await conversations.getAll()) await conversations.put({ ...record, setup });
  },
];

/** One version at a time, each on the result of the one before. */
export async function migrate(
  db: IDBPDatabase<EarshotDb>,
  transaction: UpgradeTransaction,
  fromVersion: number,
  migrations: readonly Migration[],
): Promise<void> {
  for (const migration of migrations.slice(fromVersion)) await migration(db, transaction);
}
