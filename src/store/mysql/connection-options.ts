import type { PoolOptions } from 'mysql2/promise';
import { SyncError } from '../../base/errors.ts';
import { poolOptionsOf, UnreadablePem } from '../../mysql/pool-options.ts';
import { readDatabaseAddress, type DatabaseAddress } from '../../settings/database-address.ts';

/** Statements that stay prepared in a connection; the server counts those of all (`max_prepared_stmt_count`). */
const PREPARED_STATEMENTS = 200;

/** The address of the store's database. Throws `settings_invalid` when it is none. */
export const addressOf = (url: string): DatabaseAddress => {
  const address = readDatabaseAddress(url);
  if ('problem' in address) throw new SyncError('settings_invalid', `The address of the store's database: ${address.problem}.`);
  return address;
};

/** Options of the store's connections. Throws `store_unavailable` when a PEM file cannot be read. */
export const storeOptions = async (address: DatabaseAddress): Promise<PoolOptions> => {
  try {
    return {
      ...(await poolOptionsOf(address)),
      maxPreparedStatements: PREPARED_STATEMENTS,
      // Keys are VARBINARY, so that they are compared byte by byte; they are texts all the same.
      typeCast: (field, next) => (TEXTS.includes(field.type) ? field.string('utf8') : next()),
    };
  } catch (error) {
    if (!(error instanceof UnreadablePem)) throw error;
    throw new SyncError('store_unavailable', `The file ${error.file}, named in the address of the store's database, cannot be read.`, { cause: error });
  }
};

const TEXTS = ['VAR_STRING', 'STRING', 'VARCHAR', 'BLOB', 'MEDIUM_BLOB', 'LONG_BLOB'];
