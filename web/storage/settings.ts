import { Database } from './database.ts';
import type { StorageProblem } from './storage-problem.ts';
import type { Result } from '#kernel/result';

/**
 * Settings of this browser, one record each. What they mean is their owner's business: whatever comes out has to be
 * checked there, because any version of the program may have written it.
 */
export interface SettingsStore {
  /** Never fails: without storage there is nothing. */
  load(): Promise<Record<string, unknown>>;
  /** A change; `undefined` goes back to the default. What is not named, by another version perhaps, stays as it is. */
  save(patch: Record<string, unknown>): Promise<Result<void, StorageProblem>>;
}

export function createSettingsStore(database: Database = new Database()): SettingsStore {
  return {
    async load() {
      const stored = await database.run(async (db) => {
        const transaction = db.transaction('settings');
        const [keys, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
        return Object.fromEntries(keys.map((key, i) => [key, values[i]]));
      });
      return stored.ok ? stored.value : {};
    },
    save(patch) {
      return database.run(async (db) => {
        const transaction = db.transaction('settings', 'readwrite');
        for (const [name, value] of Object.entries(patch)) {
          if (value === undefined) await transaction.store.delete(name);
          else await transaction.store.put(value, name);
        }
        await transaction.done;
      });
    },
  };
}
