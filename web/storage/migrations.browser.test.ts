import { expect, test } from 'vitest';
import { createConversationStore } from './conversations.ts';
import { Database } from './database.ts';
import { MIGRATIONS } from './schema.ts';
import { createSettingsStore } from './settings.ts';
import version1 from './testing/version-1.json';

let databases = 0;

/** A browser that has last run the program when its schema was version 1. */
async function withVersion1(settings: Record<string, unknown>): Promise<Database> {
  const name = `migrations-${Date.now()}-${databases++}`;
  const old = new Database({ name, migrations: MIGRATIONS.slice(0, 1) });
  const filled = await old.run(async (db) => {
    // As they were written then: not what the present types say.
    const records: unknown = version1.conversations;
    for (const record of records as never[]) await db.put('conversations', record);
    for (const entry of version1.log as never[]) await db.put('log', entry);
    for (const [key, value] of Object.entries(settings)) await db.put('settings', value, key);
  });
  expect(filled.ok).toBe(true);
  old.close();
  return new Database({ name });
}

const [talked, empty] = version1.conversations.map(({ id }) => id) as [string, string];

test('conversations of version 1 keep the instructions and the voice they were held with', async () => {
  const store = createConversationStore(await withVersion1(version1.settings));
  const pirate = { systemPrompt: 'Answer like a pirate.', voice: 'Chelsie' };
  expect(await store.setup(talked)).toEqual(pirate);
  expect(await store.setup(empty)).toEqual(pirate);
  expect((await store.list()).map(({ id, title }) => [id, title])).toEqual([
    [empty, ''],
    [talked, 'When is high water?'],
  ]);
  expect(await store.log(talked)).toEqual(version1.log);
});

test('the settings of version 1 stay, as those of every new conversation', async () => {
  const database = await withVersion1(version1.settings);
  expect(await createSettingsStore(database).load()).toEqual(version1.settings);
});

test('conversations of version 1 without instructions of their own have none afterwards', async () => {
  const store = createConversationStore(await withVersion1({ theme: 'dark', voice: 7 }));
  expect(await store.setup(talked)).toEqual({});
});

test('what each conversation is set up with is its own', async () => {
  const store = createConversationStore(new Database({ name: `setups-${Date.now()}` }));
  await store.create('a', 1, { answerLanguage: 'mirror' });
  await store.create('b', 2);
  await store.changeSetup('b', { translation: { languages: ['de', 'en'] } });
  await store.rename('a', 'Mine');
  expect(await store.setup('a')).toEqual({ answerLanguage: 'mirror' });
  expect(await store.setup('b')).toEqual({ translation: { languages: ['de', 'en'] } });
  expect(await store.setup('never heard of')).toEqual({});
});

test('a setup that makes no sense costs nothing but itself', async () => {
  const database = new Database({ name: `setups-broken-${Date.now()}` });
  const store = createConversationStore(database);
  await store.create('a', 1);
  await database.run(async (db) => {
    const record = await db.get('conversations', 'a');
    await db.put('conversations', { ...record, setup: JSON.parse('{"translation":{"languages":["de"]}}') } as never);
  });
  expect(await store.setup('a')).toEqual({});
  expect(await store.list()).toHaveLength(1);
});
