import { openDB, type IDBPDatabase } from 'idb';
import { DB_NAME, migrate, MIGRATIONS, type EarshotDb, type Migration } from './schema.ts';
import { isDeadConnection, toStorageProblem, type StorageProblem } from './storage-problem.ts';
import { systemClock, type Clock } from '#kernel/clock';
import { failed, ok, type Result } from '#kernel/result';

/** In private windows of some browsers, and behind another tab's upgrade, opening never ends. */
const OPEN_TIMEOUT_MS = 2_000;

export interface DatabaseOptions {
  name?: string;
  clock?: Clock;
  migrations?: readonly Migration[];
}

/** The one connection of a realm to the database: opened on first use, opened again when the browser dropped it. */
export class Database {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #migrations: readonly Migration[];
  #opening: Promise<IDBPDatabase<EarshotDb>> | undefined;

  constructor({ name = DB_NAME, clock = systemClock, migrations = MIGRATIONS }: DatabaseOptions = {}) {
    this.#name = name;
    this.#clock = clock;
    this.#migrations = migrations;
  }

  /**
   * Runs `use` on an open database, a second time on a fresh connection if the first turned out to be dead: `use` must
   * bear being repeated. Whatever it throws comes back as a problem.
   */
  async run<T>(use: (db: IDBPDatabase<EarshotDb>) => Promise<T>): Promise<Result<T, StorageProblem>> {
    try {
      return ok(await use(await this.#connect()));
    } catch (error) {
      if (!isDeadConnection(error)) return failed(toStorageProblem(error));
    }
    this.close();
    try {
      return ok(await use(await this.#connect()));
    } catch (error) {
      return failed(toStorageProblem(error));
    }
  }

  /** Lets the connection go; the next use opens another. */
  close(): void {
    void this.#opening?.then(
      (db) => db.close(),
      () => {},
    );
    this.#opening = undefined;
  }

  async #connect(): Promise<IDBPDatabase<EarshotDb>> {
    const opening = (this.#opening ??= this.#open());
    let cancel = () => {};
    const timeout = new Promise<never>((_resolve, reject) => {
      const late = new DOMException('the database does not open', 'TimeoutError');
      cancel = this.#clock.after(OPEN_TIMEOUT_MS, () => reject(late));
    });
    try {
      return await Promise.race([opening, timeout]);
    } finally {
      cancel();
    }
  }

  #open(): Promise<IDBPDatabase<EarshotDb>> {
    const forget = () => {
      if (this.#opening === opening) this.#opening = undefined;
    };
    const opening = openDB<EarshotDb>(this.#name, this.#migrations.length, {
      upgrade: (db, fromVersion, _toVersion, transaction) => {
        // Opening fails with it and says so; the transaction's own promise would say it once more, to nobody.
        transaction.done.catch(() => {});
        // A migration that fails must undo the whole upgrade: half a schema would pass for a whole one.
        migrate(db, transaction, fromVersion, this.#migrations).catch(() => transaction.abort());
      },
      // Another tab wants to upgrade. Holding on would lock it out; our next use will find out what it has become.
      blocking: () => this.close(),
      terminated: forget,
    });
    opening.catch(forget);
    return opening;
  }
}
