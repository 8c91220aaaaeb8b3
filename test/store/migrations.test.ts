import assert from 'node:assert/strict';
import { Database } from '../../src/store/sqlite/database.ts';
import { migrate, MIGRATIONS } from '../../src/store/sqlite/migrations.ts';
import { assertGoesOn, FIRST_SCHEMA_DATA } from './first-schema-data.ts';
import { newPlace, type FilePlace } from './place.ts';

describe('Migrations of the embedded store', () => {
  let place: FilePlace;
  let database: Database;
  beforeEach(async () => {
    place = await newPlace();
    database = new Database(place.file, 0);
  });
  afterEach(async () => {
    database.close();
    await place.remove();
  });

  const version = (): unknown => database.get('SELECT user_version AS version FROM pragma_user_version');
  const tables = (): readonly unknown[] => database.all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'mailchimpsync%' ORDER BY name`);

  it('make the whole schema on a new file, once', () => {
    migrate(database, place.file);
    const made = tables();
    migrate(database, place.file);
    assert.deepEqual(tables(), made);
    assert.deepEqual({ ...(version() as object) }, { version: MIGRATIONS.length });
    assert.deepEqual(
      made.map((line) => (line as { name: string }).name.replace('mailchimpsync_', '')),
      ['audience', 'batch', 'cache', 'contact', 'creation_claim', 'former_email', 'inbox', 'lease', 'meta', 'plan', 'run', 'update'],
    );
  });

  it('keep the original extension’s names of the cache table’s columns', () => {
    migrate(database, place.file);
    const columns = database.all(`SELECT name FROM pragma_table_info('mailchimpsync_cache')`).map((line) => (line as { name: string }).name);
    for (const name of ['mailchimp_list_id', 'civicrm_contact_id', 'mailchimp_email', 'mailchimp_member_id', 'mailchimp_status', 'mailchimp_updated', 'mailchimp_data', 'civicrm_groups', 'civicrm_data', 'sync_status']) {
      assert.ok(columns.includes(name), name);
    }
  });

  it('run only what a database lacks', () => {
    const first = 'CREATE TABLE first (id INTEGER)';
    migrate(database, place.file, [first]);
    migrate(database, place.file, [first, 'CREATE TABLE second (id INTEGER)']);
    assert.deepEqual({ ...(version() as object) }, { version: 2 });
    assert.deepEqual(database.all('SELECT * FROM second'), []);
  });

  it('keep what the first version left, and work goes on from it', async () => {
    migrate(database, place.file, MIGRATIONS.slice(0, 1));
    for (const statement of FIRST_SCHEMA_DATA) database.run(statement);
    const store = await place.connect();
    await assertGoesOn(store);
    await store.close();
    assert.deepEqual({ ...(version() as object) }, { version: MIGRATIONS.length });
  });

  it('leave the database as it was when one fails', () => {
    migrate(database, place.file, ['CREATE TABLE first (id INTEGER)']);
    assert.throws(() => migrate(database, place.file, ['', 'CREATE TABLE second (id INTEGER); CREATE TABLE first (id INTEGER)']));
    assert.deepEqual({ ...(version() as object) }, { version: 1 });
    assert.throws(() => database.all('SELECT * FROM second'), /no such table/);
  });

  it('refuse the database of a newer program, and leave it as it is', async () => {
    database.script(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    await assert.rejects(place.connect(), (error: Error & { code: string }) => error.code === 'store_unavailable' && /newer version/.test(error.message) && error.message.includes(place.file));
    assert.deepEqual(tables(), []);
  });
});
