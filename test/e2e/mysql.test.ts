import assert from 'node:assert/strict';
import { emptyDatabase, requireMariadb } from '../support/mariadb.ts';
import { startCommand, temporaryFolder } from '../support/start-command.ts';
import { tablesOf } from '../store/mysql-place.ts';

describe('npm start -- --once with MAILCHIMPSYNC_STORE', function () {
  before(function () {
    requireMariadb(this);
  });
  const userDirectory = temporaryFolder();
  after(() => userDirectory.remove());
  const once = (store: string, ...words: string[]) => startCommand(['--once', '--user-dir', userDirectory.path, ...words], { MAILCHIMPSYNC_STORE: store }).ended;

  it('mysql: starts a MariaDB of its own, and does the same job on it', async function () {
    this.timeout(120_000);
    const { code, output } = await once('mysql', '--people', '120');
    assert.equal(code, 0, output);
    assert.match(output, /All 120 people are as foretold\./);
  });

  it('mysql: goes on from where its tables are', async function () {
    this.timeout(120_000);
    const { code, output } = await once('mysql');
    assert.equal(code, 0, output);
    assert.match(output, /No update was sent to either side\./);
  });

  it('a mysql:// URL: keeps the tables of simulated people there, apart from others', async function () {
    this.timeout(120_000);
    const url = await emptyDatabase(this);
    const { code, output } = await once(url, '--people', '60');
    assert.equal(code, 0, output);
    assert.match(output, /All 60 people are as foretold\./);
    assert.ok((await tablesOf(url)).includes('mailchimpsync_simulated_cache'));
  });

  it('the URL of a server that is not there: says which, never its password', async function () {
    this.timeout(60_000);
    const { code, output } = await once('mysql://sync:a-long-secret@127.0.0.1:1/sync');
    assert.equal(code, 1, output);
    assert.match(output, /^store_unavailable: .*127\.0\.0\.1:1\/sync/m);
    assert.doesNotMatch(output, /a-long-secret/);
  });

  it('something else: says what it may be', async function () {
    this.timeout(60_000);
    const { code, output } = await once('postgres');
    assert.equal(code, 2, output);
    assert.match(output, /MAILCHIMPSYNC_STORE is "postgres"/);
  });
});
