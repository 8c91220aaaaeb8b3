import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { addressOf } from '../../src/store/mysql/connection-options.ts';
import { Tables } from '../../src/store/mysql/connection.ts';
import { Database } from '../../src/store/mysql/database.ts';
import { dropMysqlStore } from '../../src/store/mysql/drop-store.ts';
import { migrate, STEPS, type Step } from '../../src/store/mysql/migrations.ts';
import { openMysqlStore } from '../../src/store/mysql/mysql-store.ts';
import { FIRST_SCHEMA, TABLES } from '../../src/store/mysql/schema.ts';
import { LIST, memberRow, stored } from '../contract/store/samples.ts';
import { emptyDatabase } from '../support/mariadb.ts';
import { assertGoesOn, FIRST_SCHEMA_DATA } from './first-schema-data.ts';
import { PREFIX, query, tablesOf } from './mysql-place.ts';

const OPENER = fileURLToPath(new URL('./open-mysql.ts', import.meta.url));
const ALL = TABLES.map((table) => PREFIX + table).sort();

describe('Migrations of the MySQL store', () => {
  let url: string;
  beforeEach(async function () {
    url = await emptyDatabase(this);
  });

  const migrateWith = async (steps: readonly Step[]): Promise<void> => {
    const database = await Database.open({ address: addressOf(url), tables: new Tables(PREFIX), clock: systemClock, random: systemRandom });
    try {
      await migrate(database, { name: 'the store', clock: systemClock, random: systemRandom, steps });
    } finally {
      await database.close();
    }
  };
  const version = async (): Promise<number> => Number((await query(url, `SELECT value FROM ${PREFIX}meta WHERE name = 'schema_version'`))[0]?.['value']);
  const open = () => openMysqlStore({ url, tablePrefix: PREFIX });

  it('make the whole schema in an empty database, once', async () => {
    await (await open()).close();
    assert.deepEqual([await tablesOf(url), await version()], [ALL, STEPS.length]);
    await migrateWith(STEPS);
    assert.deepEqual([await tablesOf(url), await version()], [ALL, STEPS.length]);
  });

  it('are done once by several processes that start at the same moment', async () => {
    const opened = Array.from({ length: 3 }, async () => {
      const child = spawn(process.execPath, [OPENER, url, PREFIX], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      const [code] = (await once(child, 'close')) as [number | null];
      assert.equal(code, 0);
      return said.trim();
    });
    const ids = await Promise.all(opened);
    assert.equal(new Set(ids).size, 1, `one store has one id, not ${ids.join(', ')}`);
    assert.match(ids[0] ?? '', /^[0-9a-f]{16}$/);
    assert.deepEqual([await tablesOf(url), await version()], [ALL, STEPS.length]);
    assert.deepEqual(await query(url, `SELECT name FROM ${PREFIX}meta WHERE name = 'migrating'`), [], 'the lock is left');
  });

  it('may each be repeated, as after a crash between a step and its number', async () => {
    const first = await open();
    await stored(first, [memberRow('ann')]);
    await first.close();
    await query(url, `UPDATE ${PREFIX}meta SET value = '0' WHERE name = 'schema_version'`);
    const second = await open();
    assert.deepEqual([await version(), (await second.countRows(LIST)).todo, second.id], [STEPS.length, 1, first.id]);
    assert.ok((await stored(second, [memberRow('bob')]))[0], 'ids go on where they were');
    await second.close();
  });

  const leftByTheFirstVersion = async (): Promise<void> => {
    await migrateWith(STEPS.slice(0, FIRST_SCHEMA.length));
    for (const statement of FIRST_SCHEMA_DATA) await query(url, statement);
    await query(url, `UPDATE ${PREFIX}sequence SET next = 10`);
  };
  const indexes = async (): Promise<readonly unknown[]> =>
    query(url, `SELECT table_name, index_name, column_name FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY 1, 2, seq_in_index`);

  it('keep what the first version left, and work goes on from it', async () => {
    await leftByTheFirstVersion();
    const store = await open();
    await assertGoesOn(store);
    await store.close();
    assert.equal(await version(), STEPS.length);
  });

  it('go on from wherever they were cut off, a step that was done before its number was written too', async () => {
    await (await open()).close();
    const wanted = await indexes();
    for (let done = FIRST_SCHEMA.length + 1; done <= STEPS.length; done += 1) {
      for (const table of await tablesOf(url)) await query(url, `DROP TABLE \`${table}\``);
      await leftByTheFirstVersion();
      await migrateWith(STEPS.slice(0, done));
      await query(url, `UPDATE ${PREFIX}meta SET value = '${done - 1}' WHERE name = 'schema_version'`);
      const store = await open();
      await assertGoesOn(store);
      await store.close();
      assert.deepEqual([await version(), await indexes()], [STEPS.length, wanted], `cut off after step ${done}`);
    }
  });

  it('take over the lock of a program that died, when it has run out', async () => {
    await migrateWith([]);
    await query(url, `INSERT INTO ${PREFIX}meta (name, value) VALUES ('migrating', 'dead 1')`);
    await (await open()).close();
    assert.equal(await version(), STEPS.length);
  });

  it('wait for who holds the lock', async () => {
    await migrateWith([]);
    await query(url, `INSERT INTO ${PREFIX}meta (name, value) VALUES ('migrating', CONCAT('other ', CAST((UNIX_TIMESTAMP() + 3600) * 1000 AS SIGNED)))`);
    let opened = false;
    const opening = open().then((store) => {
      opened = true;
      return store.close();
    });
    while ((await query(url, `SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()`)).length === 0);
    assert.deepEqual([opened, await version()], [false, 0]);
    await query(url, `DELETE FROM ${PREFIX}meta WHERE name = 'migrating'`);
    await opening;
    assert.equal(await version(), STEPS.length);
  });

  it('run only what a database lacks, also what has to look first', async () => {
    const looked: string[] = [];
    const first: Step = 'CREATE TABLE {first} (id BIGINT PRIMARY KEY)';
    const second: Step = async (connection) => {
      looked.push(String(((await connection.get('SELECT COUNT(*) AS count FROM {first}')) as { count: number }).count));
      await connection.run('ALTER TABLE {first} ADD COLUMN other BIGINT');
    };
    await migrateWith([first]);
    await migrateWith([first, second]);
    await migrateWith([first, second]);
    assert.deepEqual([looked, await version()], [['0'], 2]);
  });

  it('keep the steps done when one fails, and give the lock back', async () => {
    await assert.rejects(migrateWith(['CREATE TABLE {first} (id BIGINT PRIMARY KEY)', 'CREATE NONSENSE']), { code: 'internal' });
    assert.equal(await version(), 1);
    await migrateWith(['CREATE TABLE {first} (id BIGINT PRIMARY KEY)', 'CREATE TABLE {second} (id BIGINT PRIMARY KEY)']);
    assert.equal(await version(), 2);
  });

  it('refuse the tables of a newer program, and leave them as they are', async () => {
    await migrateWith([]);
    await query(url, `UPDATE ${PREFIX}meta SET value = '${STEPS.length + 1}' WHERE name = 'schema_version'`);
    await assert.rejects(open(), (error: Error & { code: string }) => error.code === 'store_unavailable' && /newer version/.test(error.message));
    assert.deepEqual(await tablesOf(url), [`${PREFIX}meta`]);
  });

  it('leave other prefixes alone: two stores in one database are two', async () => {
    const store = await open();
    const other = await openMysqlStore({ url, tablePrefix: 'another_' });
    await stored(store, [memberRow('ann')]);
    assert.deepEqual([(await store.countRows(LIST)).todo, (await other.countRows(LIST)).todo], [1, 0]);
    assert.notEqual(store.id, other.id);
    await Promise.all([store.close(), other.close()]);
    await dropMysqlStore({ url, tablePrefix: 'another_' });
    assert.deepEqual(await tablesOf(url), ALL);
  });
});
