import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { SyncError } from '../../src/base/errors.ts';
import { Database } from '../../src/store/sqlite/database.ts';
import { storeError } from '../../src/store/sqlite/failures.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { methodsOf } from '../../src/store/sqlite/store-methods.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { LIST, memberRow } from '../contract/store/samples.ts';
import { newPlace, type FilePlace } from './place.ts';

describe('Failures of the embedded store', () => {
  let place: FilePlace;
  beforeEach(async () => {
    place = await newPlace();
  });
  afterEach(() => place.remove());

  const thrownBy = (work: () => unknown): SyncError => {
    try {
      work();
    } catch (error) {
      return storeError(error, place.file);
    }
    throw new assert.AssertionError({ message: 'it should have failed' });
  };

  it('a full disk loses the commit under way and nothing else, and the store goes on when there is room', () => {
    const { database } = openDatabase({ file: place.file, busyTimeout: 0, newId: 'id' });
    const store = methodsOf(database);
    const insert = (name: string, rows: number) => store.commit(LIST, [{ rows: Array.from({ length: rows }, (_, at) => ({ kind: 'insert' as const, row: memberRow(`${name}${at}`) })) }]);
    insert('before', 10);
    const { page_count: pages } = database.get('PRAGMA page_count') as { page_count: number };
    database.script(`PRAGMA max_page_count = ${pages + 4}`);
    const error = thrownBy(() => insert('lost', 500));
    assert.equal(error.code, 'store_full');
    assert.ok(error.message.includes(place.file));
    assert.equal(store.countRows(LIST).todo, 10);
    database.script('PRAGMA max_page_count = 1000000');
    insert('after', 500);
    assert.equal(store.countRows(LIST).todo, 510);
    database.close();
  });

  it('a damaged page is reported as such', async () => {
    const { database } = openDatabase({ file: place.file, busyTimeout: 0, newId: 'id' });
    methodsOf(database).commit(LIST, Array.from({ length: 100 }, (_, at) => ({ rows: [{ kind: 'insert', row: memberRow(`p${at}`) }] })));
    database.close();
    const bytes = await readFile(place.file);
    await writeFile(place.file, bytes.fill(0xff, 4096));
    await assert.rejects(openSqliteStore(place.file), (error: SyncError) => error.code === 'store_corrupt' && error.message.includes(place.file));
  });

  it('a column that is not JSON is damage', () => {
    const { database } = openDatabase({ file: place.file, busyTimeout: 0, newId: 'id' });
    const store = methodsOf(database);
    store.commit(LIST, [{ rows: [{ kind: 'insert', row: memberRow('ann') }] }]);
    database.script(`UPDATE mailchimpsync_cache SET memory = '{'`);
    assert.equal(thrownBy(() => store.rows({ listId: LIST, after: null, limit: 1, where: { kind: 'all' } })).code, 'store_corrupt');
    database.close();
  });

  it('a lock that another program keeps is told, and does not stick', async () => {
    const store = await openSqliteStore(place.file, { busyTimeout: 10 });
    const blocker = new Database(place.file, 0);
    blocker.script('BEGIN IMMEDIATE');
    await assert.rejects(store.commit(LIST, [{ rows: [{ kind: 'insert', row: memberRow('ann') }] }]), (error: SyncError) => error.code === 'store_unavailable' && /locked/.test(error.message));
    assert.equal((await store.countRows(LIST)).todo, 0, 'reading goes on');
    blocker.script('COMMIT');
    blocker.close();
    const [outcome] = await store.commit(LIST, [{ rows: [{ kind: 'insert', row: memberRow('ann') }] }]);
    assert.equal(outcome?.kind, 'done');
    await store.close();
  });

  it('a statement that SQLite refuses is a fault of this program, told without values', async () => {
    const store = await openSqliteStore(':memory:');
    const row = { ...memberRow('ann'), syncStatus: 'nonsense' as 'ok' };
    await assert.rejects(store.commit(LIST, [{ rows: [{ kind: 'insert', row }] }]), (error: SyncError) => error.code === 'internal' && !/ann|nonsense/.test(error.message));
    await store.close();
  });

  it('an error of this program keeps its code', () => {
    const error = new SyncError('lease_lost', 'gone');
    assert.equal(storeError(error, place.file), error);
  });
});
