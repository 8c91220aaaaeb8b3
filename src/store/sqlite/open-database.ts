import { Database } from './database.ts';
import { isBusy } from './failures.ts';
import type { Place } from './methods.ts';
import { migrate } from './migrations.ts';

const STORE_ID = `SELECT value FROM mailchimpsync_meta WHERE name = 'store_id'`;
const MAKE_STORE_ID = `INSERT INTO mailchimpsync_meta (name, value) VALUES ('store_id', ?) ON CONFLICT (name) DO NOTHING`;

/** Opens the store's file, brings its schema up to date, and tells (or makes) its id. */
export const openDatabase = (place: Place): { readonly database: Database; readonly id: string } => {
  const database = new Database(place.file, place.busyTimeout);
  try {
    useWriteAheadLog(database);
    // NORMAL: a crash of the program loses nothing; a loss of power may lose the last commits, never the file.
    database.script('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000;');
    migrate(database, place.file);
    database.run(MAKE_STORE_ID, place.newId);
    const { value } = database.get(STORE_ID) as { value: string };
    return { database, id: value };
  } catch (error) {
    database.close();
    throw error;
  }
};

/**
 * The first of several programs that open a new file switches it; at that moment SQLite refuses the others without
 * waiting (measured: one in a hundred when six open at once), and the switch is done by the time they ask again.
 */
const useWriteAheadLog = (database: Database): void => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      database.script('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || attempt === SWITCH_ATTEMPTS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SWITCH_PAUSE);
    }
  }
};

const SWITCH_ATTEMPTS = 50;
/** In ms; the worker has nothing else to do meanwhile. */
const SWITCH_PAUSE = 20;
