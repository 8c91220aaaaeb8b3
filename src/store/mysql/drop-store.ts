import { systemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
import { addressOf } from './connection-options.ts';
import { Tables } from './connection.ts';
import { Database } from './database.ts';
import { TABLES } from './schema.ts';

/** Drops the tables of the store with this prefix, those that are there. Errors: as `openMysqlStore`. */
export const dropMysqlStore = async ({ url, tablePrefix }: { readonly url: string; readonly tablePrefix: string }): Promise<void> => {
  const database = await Database.open({ address: addressOf(url), tables: new Tables(tablePrefix), clock: systemClock, random: systemRandom });
  try {
    for (const table of TABLES) await database.run(`DROP TABLE IF EXISTS {${table}}`);
  } finally {
    await database.close();
  }
};
