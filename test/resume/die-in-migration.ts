import { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';

/** Opens a store in a file and dies before or after SQLite has got a piece of SQL that begins as given: `file when beginning`. */
const [file = '', when, beginning = ''] = process.argv.slice(2);
for (const name of ['exec', 'prepare'] as const) {
  const perform: (sql: string) => unknown = DatabaseSync.prototype[name];
  Object.assign(DatabaseSync.prototype, {
    [name](this: DatabaseSync, sql: string): unknown {
      const dies = sql.trimStart().startsWith(beginning);
      if (dies && when === 'before') process.kill(process.pid, 'SIGKILL');
      const result = Reflect.apply(perform, this, [sql]);
      if (dies) process.kill(process.pid, 'SIGKILL');
      return result;
    },
  });
}
openDatabase({ file, busyTimeout: 5000, newId: 'of the dead' });
