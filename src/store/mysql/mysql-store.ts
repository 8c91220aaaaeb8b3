import { DAY, systemClock, type Clock } from '../../base/clock.ts';
import { systemRandom, type Random } from '../../base/random.ts';
import { databaseName } from '../../mysql/pool-options.ts';
import type { Store } from '../store.ts';
import { audienceMethods } from './audience.ts';
import { batchMethods } from './batches.ts';
import { commitMethods } from './commit.ts';
import { Tables } from './connection.ts';
import { addressOf } from './connection-options.ts';
import { contactMethods } from './contacts.ts';
import { creationClaimMethods } from './creation-claims.ts';
import { Database } from './database.ts';
import { inboxMethods } from './inbox.ts';
import { migrate } from './migrations.ts';
import { planMethods } from './plans.ts';
import { rowMethods } from './rows.ts';
import { runMethods } from './runs.ts';
import { updateMethods } from './updates.ts';

export interface MysqlStoreOptions {
  /** `mysql://user:password@host:port/database`, with `?ssl-mode=…`, `ssl-ca`, `ssl-cert`, `ssl-key`, `socket`, `connections`. */
  readonly url: string;
  /** Before the names of all tables: letters, digits and underscores. */
  readonly tablePrefix: string;
  readonly clock?: Clock;
  readonly random?: Random;
}

const MAKE_STORE_ID = `INSERT INTO {meta} (name, value) VALUES ('store_id', ?) ON DUPLICATE KEY UPDATE name = VALUES(name)`;
const STORE_ID = `SELECT value FROM {meta} WHERE name = 'store_id'`;
/** Nobody asks what became of a commit so long ago. */
const FORGET_COMMITS = 'DELETE FROM {commit} WHERE committed_at < ?';

/**
 * Opens the store in a MySQL or MariaDB database, and makes or changes its tables as this program needs them.
 * Errors: `settings_invalid` for an address that is none, `store_unavailable`, `store_full`.
 */
export const openMysqlStore = async ({ url, tablePrefix, clock = systemClock, random = systemRandom }: MysqlStoreOptions): Promise<Store> => {
  const address = addressOf(url);
  const database = await Database.open({ address, tables: new Tables(tablePrefix), clock, random });
  try {
    await migrate(database, { name: databaseName(address), clock, random });
    await database.run(FORGET_COMMITS, clock.now() - DAY);
    await database.run(MAKE_STORE_ID, random.token(8));
    const { value } = (await database.read((connection) => connection.get(STORE_ID))) as { readonly value: string };
    return {
      id: value,
      ...runMethods(database),
      ...audienceMethods(database),
      ...rowMethods(database),
      ...updateMethods(database),
      ...contactMethods(database),
      ...commitMethods(database),
      ...planMethods(database),
      ...batchMethods(database),
      ...inboxMethods(database),
      ...creationClaimMethods(database),
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
};
