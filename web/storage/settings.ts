import { parseSettings, type AppSettings } from './app-settings.ts';
import { Database } from './database.ts';
import type { StorageProblem } from './storage-problem.ts';
import type { Result } from '#kernel/result';

/** A change; `undefined` goes back to the default. */
export type SettingsPatch = { [K in keyof AppSettings]?: AppSettings[K] | undefined };

/** The settings of this browser, one record each: what one version does not know it neither reads nor destroys. */
export interface SettingsStore {
  /** Never fails: without storage these are the defaults. */
  load(): Promise<AppSettings>;
  save(patch: SettingsPatch): Promise<Result<void, StorageProblem>>;
}

export function createSettingsStore(database: Database = new Database()): SettingsStore {
  return {
    async load() {
      const stored = await database.run(async (db) => {
        const transaction = db.transaction('settings');
        const [keys, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
        return keys.map((key, i) => [key, values[i]] as const);
      });
      return parseSettings(stored.ok ? stored.value : []);
    },
    save(patch) {
      return database.run(async (db) => {
        const transaction = db.transaction('settings', 'readwrite');
        for (const [key, value] of Object.entries(patch)) {
          if (value === undefined) await transaction.store.delete(key);
          else await transaction.store.put(value, key);
        }
        await transaction.done;
      });
    },
  };
}
