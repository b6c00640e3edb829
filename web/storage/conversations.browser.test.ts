import { describe, expect, test } from 'vitest';
import { createConversationStore, StorageError } from './conversations.ts';
import { Database } from './database.ts';
import { createJournal } from './journal.ts';
import { IndexedDbJournalStore } from './journal-store.ts';
import { MIGRATIONS } from './schema.ts';
import { createSettingsStore } from './settings.ts';
import type { LogFact } from '../conversation/log.ts';

let databases = 0;

function bench(nowMs = () => 5_000) {
  const name = `conversations-${Date.now()}-${databases++}`;
  const database = new Database({ name });
  const journal = createJournal({ store: new IndexedDbJournalStore(database) });
  return { name, database, journal, store: createConversationStore(new Database({ name }), nowMs) };
}

const entry = (conversation: string, seq: number, fact: LogFact) => ({ ...fact, conversation, seq, atMs: 1_000 + seq });
const said = (utterance: string, text: string): LogFact => ({ type: 'transcript', utterance, text });

/** A database that a newer version has written: nothing can be opened. */
async function unavailable() {
  const { name, database, store } = bench();
  const newer = new Database({ name, migrations: [...MIGRATIONS, () => {}] });
  await newer.run((db) => db.count('log'));
  newer.close();
  return { store, settings: createSettingsStore(database) };
}

describe('conversations', () => {
  test('are listed newest first, with titles from what was said', async () => {
    const { store, journal } = bench();
    await store.create('a', 1_000);
    await store.create('b', 1_001);
    journal.appendLog(entry('b', 0, { type: 'utterance.started', utterance: 'u' }));
    journal.appendLog(entry('a', 7, said('u', 'Where is the station?')));
    await journal.flush();
    expect(await store.list()).toEqual([
      { id: 'a', title: 'Where is the station?', createdAtMs: 1_000, updatedAtMs: 1_007, turnCount: 0 },
      { id: 'b', title: '', createdAtMs: 1_001, updatedAtMs: 1_001, turnCount: 1 },
    ]);
  });

  test('keep what exists when created twice, and the name they were given', async () => {
    const { store, journal } = bench();
    await store.create('a', 1_000);
    await store.rename('a', 'Trains');
    await store.create('a', 9_000);
    journal.appendLog(entry('a', 0, said('u', 'hello')));
    await journal.flush();
    expect(await store.list()).toMatchObject([{ title: 'Trains', createdAtMs: 1_000 }]);
  });

  test('count an entry that is written twice once, and give one numbered without knowing of it the next place', async () => {
    const { store, journal } = bench();
    const fact = { type: 'utterance.started', utterance: 'u' } as const;
    journal.appendLog(entry('a', 0, fact));
    await journal.flush();
    journal.appendLog(entry('a', 0, fact));
    journal.appendLog(entry('a', 0, said('u', 'an impostor')));
    await journal.flush();
    expect(await store.log('a')).toEqual([entry('a', 0, fact), { ...entry('a', 0, said('u', 'an impostor')), seq: 1 }]);
    expect(await store.list()).toMatchObject([{ turnCount: 1 }]);
  });

  test('are removed with everything that belongs to them, and nothing else', async () => {
    const { store, journal, database } = bench();
    for (const [conversation, utterance] of [
      ['a', 'ua'],
      ['ab', 'uab'],
    ] as const) {
      await store.create(conversation, 1);
      journal.beginUtterance(conversation, utterance);
      journal.appendFrame(utterance, new Uint8Array(1024));
      journal.appendReply(utterance, 1, 24_000, 0, new Uint8Array(64));
      journal.appendLog(entry(conversation, 0, said(utterance, 'secret')));
    }
    await journal.settle('ua', 1);
    await store.remove('a');
    const left = await database.run(async (db) => {
      const stores = ['conversations', 'log', 'utterances', 'audio', 'replies'] as const;
      return Promise.all(stores.map((name) => db.getAllKeys(name)));
    });
    expect(left).toEqual({ ok: true, value: [['ab'], [['ab', 0]], ['uab'], [['uab', 0]], [['uab', 1, 0]]] });
  });

  test('are taken over with a higher fence each time, whatever the clock does', async () => {
    let nowMs = 2_000_000;
    const { store } = bench(() => nowMs);
    const fences = [await store.nextFence('a'), await store.nextFence('a')];
    nowMs = 1_000_000;
    fences.push(await store.nextFence('a'));
    nowMs = 3_000_000;
    fences.push(await store.nextFence('a'));
    expect(fences).toEqual([2_000, 2_001, 2_002, 3_000]);
  });

  test('give two tabs that ask at once two fences', async () => {
    const { store, name } = bench();
    const other = createConversationStore(new Database({ name }), () => 5_000);
    const fences = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? store : other).nextFence('a')));
    expect(new Set(fences).size).toBe(20);
  });

  test('leave out entries they do not understand', async () => {
    const { store, journal, database } = bench();
    journal.appendLog(entry('a', 0, said('u', 'hello')));
    await journal.flush();
    await database.run(async (db) => {
      await db.put('log', JSON.parse('{"conversation":"a","seq":1,"atMs":1,"type":"confetti"}'));
      await db.put('conversations', JSON.parse('{"id":"broken"}'));
    });
    expect(await store.log('a')).toHaveLength(1);
    expect((await store.list()).map(({ id }) => id)).toEqual(['a']);
  });
});

describe('settings', () => {
  test('are kept one by one, and go back to their default', async () => {
    const { name } = bench();
    const settings = createSettingsStore(new Database({ name }));
    expect(await settings.load()).toEqual({});
    expect((await settings.save({ theme: 'dark', temperature: 0.3 })).ok).toBe(true);
    await settings.save({ voiceThreshold: 0.7, temperature: undefined });
    const again = createSettingsStore(new Database({ name }));
    expect(await again.load()).toEqual({ theme: 'dark', voiceThreshold: 0.7 });
  });
});

describe('without storage', () => {
  test('there is nothing to list, a fence all the same, and a reason for what cannot be done', async () => {
    const { store } = await unavailable();
    expect(await store.list()).toEqual([]);
    await store.create('a', 1);
    expect(await store.nextFence('a')).toBe(5);
    const reason = await store.remove('a').catch((error: unknown) => error);
    expect(reason).toBeInstanceOf(StorageError);
    expect(reason).toMatchObject({ problem: { kind: 'storage-unavailable', retry: 'reload' } });
  });

  test('settings are not there, and saving says that it did not', async () => {
    const { settings } = await unavailable();
    expect(await settings.load()).toEqual({});
    expect((await settings.save({ theme: 'dark' })).ok).toBe(false);
  });
});
