import { openDB, unwrap, type IDBPDatabase } from 'idb';
import { describe, expect, test } from 'vitest';
import { Database } from './database.ts';
import { newConversation } from './conversation-record.ts';
import { MIGRATIONS, type EarshotDb, type Migration } from './schema.ts';
import { VirtualClock } from '#kernel/clock';

let databases = 0;
const freshName = () => `database-${Date.now()}-${databases++}`;
const record = newConversation('c', 1);
const put = (db: IDBPDatabase<EarshotDb>) => db.put('conversations', record);
const get = (db: IDBPDatabase<EarshotDb>) => db.get('conversations', 'c');

/** A second step as a later version might take it: another field, worked out from the old ones. */
const withShoutedTitle: Migration = async (_db, transaction) => {
  const store = transaction.objectStore('conversations');
  for (const old of await store.getAll()) await store.put({ ...old, title: old.title.toUpperCase() || 'UNTITLED' });
};

describe('migrations', () => {
  test.each(MIGRATIONS.map((_, i) => i + 1))(
    'lead from version %i to the present one with every record',
    async (version) => {
      const name = freshName();
      const old = new Database({ name, migrations: MIGRATIONS.slice(0, version) });
      expect((await old.run(put)).ok).toBe(true);
      old.close();
      expect(await new Database({ name }).run(get)).toEqual({ ok: true, value: record });
    },
  );

  test('run one version at a time, each on the result of the one before', async () => {
    const name = freshName();
    const first = new Database({ name });
    await first.run(put);
    first.close();
    const order: number[] = [];
    const steps = [
      ...MIGRATIONS,
      withShoutedTitle,
      ...[2, 3].map(
        (n): Migration =>
          () =>
            void order.push(n),
      ),
    ];
    const later = new Database({ name, migrations: steps });
    expect(await later.run(get)).toEqual({ ok: true, value: { ...record, title: 'UNTITLED' } });
    expect(order).toEqual([2, 3]);
  });

  test('that fail leave everything as it was', async () => {
    const name = freshName();
    const first = new Database({ name });
    await first.run(put);
    first.close();
    const broken: Migration = () => {
      throw new Error('a bug in the new version');
    };
    const later = new Database({ name, migrations: [...MIGRATIONS, withShoutedTitle, broken] });
    expect(await later.run(get)).toMatchObject({ ok: false });
    expect(await new Database({ name }).run(get)).toEqual({ ok: true, value: record });
  });
});

describe('a database', () => {
  test('of a newer version is left alone, and the page is to be loaded again', async () => {
    const name = freshName();
    const newer = new Database({ name, migrations: [...MIGRATIONS, () => {}] });
    await newer.run(put);
    newer.close();
    expect(await new Database({ name }).run(get)).toMatchObject({
      ok: false,
      problem: { kind: 'storage-unavailable', retry: 'reload' },
    });
    expect(await newer.run(get)).toEqual({ ok: true, value: record });
  });

  test('that another tab wants to upgrade is let go, so that it can', async () => {
    const name = freshName();
    const ours = new Database({ name });
    await ours.run(put);
    const theirs = new Database({ name, migrations: [...MIGRATIONS, () => {}] });
    expect(await theirs.run(get)).toEqual({ ok: true, value: record });
    expect(await ours.run(get)).toMatchObject({ ok: false, problem: { retry: 'reload' } });
  });

  test('that does not open is given up after two seconds, and used once it does', async () => {
    const name = freshName();
    // Holds on to version 1 and ignores every request to let go.
    const stubborn = await openDB(name, 1, {
      upgrade: (db) => void db.createObjectStore('conversations', { keyPath: 'id' }),
    });
    const clock = new VirtualClock();
    const blocked = new Database({ name, clock, migrations: [() => {}, () => {}] });
    const outcome = blocked.run(put);
    clock.advance(1_999);
    expect(await Promise.race([outcome, Promise.resolve('waiting')])).toBe('waiting');
    clock.advance(1);
    expect(await outcome).toMatchObject({ ok: false, problem: { kind: 'storage-unavailable', retry: 'later' } });
    stubborn.close();
    expect((await blocked.run(put)).ok).toBe(true);
  });

  test('whose connection died answers on a new one', async () => {
    const database = new Database({ name: freshName() });
    await database.run(put);
    let connection: IDBPDatabase<EarshotDb> | undefined;
    await database.run(async (db) => void (connection = db));
    connection?.close();
    expect(await database.run(get)).toEqual({ ok: true, value: record });
  });

  test('that the browser closed by itself is opened again', async () => {
    const database = new Database({ name: freshName() });
    const seen = new Set<unknown>();
    const use = async (db: IDBPDatabase<EarshotDb>) => (seen.add(unwrap(db)), put(db));
    await database.run(use);
    for (const db of seen) if (db instanceof IDBDatabase) db.dispatchEvent(new Event('close'));
    expect((await database.run(use)).ok).toBe(true);
    expect(seen.size).toBe(2);
  });

  test('that answers everything with UnknownError, as Safari does, is opened again once and then given up', async () => {
    const database = new Database({ name: freshName() });
    let calls = 0;
    const failing = async (until: number) =>
      database.run(async (db) => {
        if (calls++ < until) throw new DOMException('Connection to Indexed Database server lost', 'UnknownError');
        return put(db);
      });
    expect((await failing(1)).ok).toBe(true);
    expect(calls).toBe(2);
    calls = 0;
    expect(await failing(9)).toMatchObject({ ok: false, problem: { kind: 'storage-unavailable' } });
    expect(calls).toBe(2);
  });
});
