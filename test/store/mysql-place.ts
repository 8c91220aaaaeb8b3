import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { addressOf, storeOptions } from '../../src/store/mysql/connection-options.ts';
import { openMysqlStore } from '../../src/store/mysql/mysql-store.ts';
import type { StorePlace } from '../contract/store-contract.ts';

export const PREFIX = 'mailchimpsync_';

/** A database on a server that runs; the tables stay when the place is removed, what they hold goes. */
export const mysqlPlace = (url: string): StorePlace => ({
  connect: () => openMysqlStore({ url, tablePrefix: PREFIX }),
  remove: () => emptyTables(url),
});

/** What makes a store that store stays. */
const KEPT = ['meta', 'sequence'].map((table) => PREFIX + table);

const emptyTables = async (url: string): Promise<void> => {
  for (const table of await tablesOf(url)) if (!KEPT.includes(table)) await query(url, `DELETE FROM \`${table}\``);
};

export const tablesOf = async (url: string): Promise<readonly string[]> =>
  (await query(url, 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1')).map(({ name }) => String(name));

/** One statement on a connection of its own. */
export const query = async (url: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
  const { connectionLimit: _limit, maxIdle: _idle, idleTimeout: _timeout, ...options } = await storeOptions(addressOf(url));
  const connection = await createConnection(options);
  try {
    const [lines] = await connection.query<RowDataPacket[]>(sql);
    return lines;
  } finally {
    await connection.end();
  }
};
