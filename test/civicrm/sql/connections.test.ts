import assert from 'node:assert/strict';
import type { RowDataPacket } from 'mysql2/promise';
import { SECOND } from '../../../src/base/clock.ts';
import { SyncError } from '../../../src/base/errors.ts';
import { CivicrmDatabase } from '../../../src/civicrm/sql/database.ts';
import type { Statement } from '../../../src/civicrm/sql/statement.ts';
import { evenRandom, FakeClock } from '../../support/fake-clock.ts';
import { worldsOf } from '../../contract/reader/reader-world.ts';
import { SqlSite, type SqlPlace } from './sql-place.ts';

const statement = (sql: string): Statement<unknown> => ({ table: 'civicrm_contact', sql, values: [], read: (value) => ({ fits: true, value }) });

describe('connections to CiviCRM\'s database', () => {
  let site: SqlSite;
  let place: SqlPlace;
  const opened: CivicrmDatabase[] = [];
  before(async function () {
    site = await SqlSite.of(this);
  });
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
  });

  const open = worldsOf(async () => {
    place = await site.place();
    return place;
  });
  const databaseAt = (url: string): CivicrmDatabase => {
    const database = new CivicrmDatabase(url, { clock: new FakeClock(), random: evenRandom });
    opened.push(database);
    return database;
  };

  it('never write, whatever rights their user has', async () => {
    await open();
    const database = databaseAt(site.administratorUrl);
    for (const sql of ["UPDATE civicrm_contact SET first_name = 'x'", 'DELETE FROM civicrm_email', "INSERT INTO civicrm_tag (name, label) VALUES ('x', 'x')"])
      await assert.rejects(database.all(statement(sql), SECOND), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_refused');
    const [rows] = await place.administrator.query<RowDataPacket[]>("SELECT COUNT(*) AS written FROM civicrm_contact WHERE first_name = 'x'");
    assert.equal(rows[0]?.['written'], 0);
  });

  it('are made again when the server has closed them', async () => {
    const { reader, person, happens } = await open();
    const betty = await happens(() => person('Betty'));
    assert.equal((await reader.contactsById([betty])).length, 1);
    const [mine] = await place.administrator.query<RowDataPacket[]>("SELECT id FROM information_schema.PROCESSLIST WHERE user = 'sync_reader'");
    assert.ok(mine.length > 0);
    for (const row of mine) await place.administrator.query(`KILL ${Number(row['id'])}`);
    assert.equal((await reader.contactsById([betty])).length, 1);
  });

  it('are no more than the address allows, however much is asked at once', async () => {
    const { reader, person, happens } = await open();
    const betty = await happens(() => person('Betty'));
    await Promise.all(Array.from({ length: 20 }, () => reader.contactsById([betty])));
    const [mine] = await place.administrator.query<RowDataPacket[]>("SELECT id FROM information_schema.PROCESSLIST WHERE user = 'sync_reader'");
    assert.ok(mine.length <= 4, `${mine.length} connections`);
  });

  it('do not keep the server thinking when a run is stopped', async () => {
    await open();
    const stop = new AbortController();
    const database = databaseAt(site.readerUrl);
    const asked = database.all(statement('SELECT SLEEP(60)'), SECOND, stop.signal);
    const until = Date.now() + 10_000;
    for (let seen = 0; seen === 0 && Date.now() < until; ) {
      const [rows] = await place.administrator.query<RowDataPacket[]>("SELECT id FROM information_schema.PROCESSLIST WHERE user = 'sync_reader' AND info LIKE 'SELECT SLEEP%'");
      seen = rows.length;
    }
    stop.abort();
    await assert.rejects(asked, (error: unknown) => error instanceof SyncError && error.code === 'aborted');
    await database.close();
    const [left] = await place.administrator.query<RowDataPacket[]>("SELECT id FROM information_schema.PROCESSLIST WHERE user = 'sync_reader' AND info LIKE 'SELECT SLEEP%'");
    assert.deepEqual(left, []);
  });

  it('show nothing of the row that a message is about', async () => {
    const database = databaseAt(site.readerUrl);
    const failing: Statement<unknown> = { ...statement("SELECT 'betty@example.org' AS email"), read: () => ({ fits: false, where: '/id is missing' }) };
    await assert.rejects(database.all(failing, SECOND), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_unexpected' && !error.message.includes('betty'));
    const refused = statement("SELECT EXTRACTVALUE('<a/>', 'betty@example.org(((') AS x");
    await assert.rejects(database.all(refused, SECOND), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_refused' && !error.message.includes('betty'));
  });
});
