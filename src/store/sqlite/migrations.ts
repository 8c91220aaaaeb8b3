import { SyncError } from '../../base/errors.ts';
import type { Database } from './database.ts';
import { FIRST_SCHEMA, HANDLED_WEBHOOKS, INDEXES_OF_EXPLAIN, INDEXES_OF_THE_BRAKE, INDEXES_OF_THE_LIMITS } from './schema.ts';

/** Migration n brings a database from version n to n + 1. Each runs once, in its own transaction. */
export const MIGRATIONS: readonly string[] = [FIRST_SCHEMA, HANDLED_WEBHOOKS, INDEXES_OF_THE_BRAKE, INDEXES_OF_EXPLAIN, INDEXES_OF_THE_LIMITS];

/**
 * Brings the database to this program's schema. Safe when two programs do it at once: the version is read under the
 * write lock. Throws `store_unavailable` for a database of a newer program, which is left as it is.
 */
export const migrate = (database: Database, file: string, migrations: readonly string[] = MIGRATIONS): void => {
  const found = version(database);
  if (found > migrations.length) {
    throw new SyncError(
      'store_unavailable',
      `The store ${file} was written by a newer version of this program (schema ${found}, this one knows ${migrations.length}). Update the program, or give it another store.`,
    );
  }
  for (const [number, migration] of migrations.entries()) {
    database.write(() => {
      if (version(database) > number) return;
      database.script(migration);
      // A pragma takes no parameters; the number is this loop's own.
      database.script(`PRAGMA user_version = ${number + 1}`);
    });
  }
};

const version = (database: Database): number => (database.get('PRAGMA user_version') as { user_version: number }).user_version;
