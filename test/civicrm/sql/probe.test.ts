import assert from 'node:assert/strict';
import { SyncError, type ErrorCode } from '../../../src/base/errors.ts';
import type { CivicrmSettings } from '../../../src/settings/settings.ts';
import { worldsOf } from '../../contract/reader/reader-world.ts';
import { SqlSite, type SqlPlace } from './sql-place.ts';

const PASSWORD = 'p@ss/word';

const told = (code: ErrorCode, ...words: readonly string[]) => (error: unknown): boolean => {
  assert.ok(error instanceof SyncError);
  assert.equal(error.code, code);
  for (const word of words) assert.ok(error.message.includes(word), `"${word}" is missing in: ${error.message}`);
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), 'sync_reader']) assert.ok(!error.message.includes(secret), error.message);
  assert.equal(error.cause, undefined);
  return true;
};

describe('before CiviCRM\'s database is believed', () => {
  let site: SqlSite;
  let place: SqlPlace;
  let database: string | null;
  before(async function () {
    site = await SqlSite.of(this);
  });
  beforeEach(() => {
    database = null;
  });

  const open = worldsOf(async () => {
    place = await site.place();
    const named: Partial<CivicrmSettings> = database === null ? {} : { database };
    return { ...place, site: { ...place.site, ...named } };
  });

  it('a user with SELECT on five tables may read', async () => {
    const { reader } = await open();
    await reader.probe();
    await reader.checkTimezone();
  });

  it('a table without SELECT is told by name', async () => {
    const { reader } = await open();
    await place.administrator.query('REVOKE SELECT ON civicrm_group_contact FROM sync_reader@localhost');
    try {
      await assert.rejects(reader.probe(), told('civicrm_unauthorized', 'civicrm_group_contact', 'SELECT', 'read-civicrm-by-sql.md'));
    } finally {
      await place.administrator.query('GRANT SELECT ON civicrm_group_contact TO sync_reader@localhost');
    }
    await reader.probe();
  });

  it('a wrong password is told without any', async () => {
    database = site.readerUrl.replace(':p%40ss', ':other%40pass');
    await assert.rejects((await open()).reader.probe(), told('civicrm_unauthorized', 'civicrm.database'));
  });

  it('a database that is not CiviCRM\'s, and one that is not there', async () => {
    database = site.administratorUrl.replace(/\/store_\d+/, '/mysql');
    await assert.rejects((await open()).reader.probe(), told('civicrm_unexpected', 'not CiviCRM\'s tables'));
    database = site.administratorUrl.replace(/\/store_\d+/, '/nowhere');
    await assert.rejects((await open()).reader.probe(), told('civicrm_unexpected', 'no such database', 'nowhere'));
  });

  it('a server that does not answer is tried again, then told', async () => {
    database = `mysql://sync_reader:${encodeURIComponent(PASSWORD)}@localhost/civicrm?socket=/nowhere/mariadb.sock`;
    const { reader } = await open();
    await assert.rejects(reader.probe(), told('civicrm_unreachable', '/nowhere/mariadb.sock/civicrm'));
    assert.ok((reader.requests().get('civicrm_contact.get') ?? 0) > 1);
  });

  it('a certificate that cannot be read is told by its file', async () => {
    database = `${site.readerUrl}&ssl-ca=/nowhere/ca.pem`;
    await assert.rejects((await open()).reader.probe(), told('civicrm_unreachable', '/nowhere/ca.pem'));
  });

  it('an API key that may not see contacts is refused as ever', async () => {
    const { reader, simulator } = await open();
    simulator.setPermissions('civi-key-0123456789', ['authenticate with api key', 'access CiviCRM']);
    await assert.rejects(reader.probe(), told('civicrm_unauthorized', 'view all contacts'));
  });

  it('the database of another site, where the same ids are other people, is found out', async () => {
    const { reader } = await open();
    await place.administrator.query('UPDATE civicrm_contact SET created_date = created_date - INTERVAL 1 YEAR');
    await assert.rejects(reader.checkTimezone(), told('civicrm_unexpected', 'not that of the site'));
    await place.administrator.query('DELETE FROM civicrm_contact');
    await assert.rejects(reader.checkTimezone(), told('civicrm_unexpected', 'is not there'));
  });

  it('a history of dates that CiviCRM never had is refused', async () => {
    const { reader } = await open();
    await place.administrator.query('ALTER TABLE civicrm_subscription_history MODIFY date BIGINT');
    try {
      await assert.rejects(reader.probe(), told('civicrm_unexpected', 'civicrm_subscription_history', 'bigint'));
    } finally {
      await place.administrator.query('ALTER TABLE civicrm_subscription_history MODIFY date TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP');
    }
  });
});
