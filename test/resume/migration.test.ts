import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Database } from '../../src/store/sqlite/database.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { LIST } from '../contract/store/samples.ts';
import { newPlace } from '../store/place.ts';

const PROCESS = fileURLToPath(new URL('./die-in-migration.ts', import.meta.url));

describe('A process is killed in the migration of a new store file', () => {
  for (const [name, when, sql] of [
    ['before its tables are made', 'before', 'CREATE TABLE'],
    ['after its tables were made, before the schema has its number', 'after', 'CREATE TABLE'],
    ['after the schema has its number, before that is committed', 'after', 'PRAGMA user_version ='],
    ['after that was committed, before the store has its id', 'before', 'INSERT INTO mailchimpsync_meta'],
  ] as const)
    it(`${name}: the next one finds nothing, or all of it`, async () => {
      const place = await newPlace();
      try {
        const { signal, stderr } = spawnSync(process.execPath, [PROCESS, place.file, when, sql], { encoding: 'utf8' });
        assert.equal(signal, 'SIGKILL', `it got past the place: ${stderr}`);
        const store = await openSqliteStore(place.file);
        assert.notEqual(store.id, 'of the dead');
        assert.deepEqual(await store.countRows(LIST), { todo: 0, live: 0, ok: 0, redo: 0, fail: 0 });
        await store.close();
        const database = new Database(place.file, 0);
        assert.deepEqual({ ...(database.get('PRAGMA integrity_check') as object) }, { integrity_check: 'ok' });
        database.close();
      } finally {
        await place.remove();
      }
    });
});
