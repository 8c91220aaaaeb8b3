import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import type { SyncError } from '../../src/base/errors.ts';
import { addressOf, storeOptions } from '../../src/store/mysql/connection-options.ts';
import { storeError } from '../../src/store/mysql/failures.ts';
import { openMysqlStore } from '../../src/store/mysql/mysql-store.ts';
import type { Store } from '../../src/store/store.ts';
import { LIST, memberRow, stored } from '../contract/store/samples.ts';
import { emptyDatabase, launchMariadb } from '../support/mariadb.ts';
import { PREFIX, query } from './mysql-place.ts';

/** A connection past the store, for what others do meanwhile. */
const other = async (url: string): Promise<Connection> => {
  const { connectionLimit: _limit, maxIdle: _idle, idleTimeout: _timeout, ...options } = await storeOptions(addressOf(url));
  return createConnection(options);
};

/** Waits until a statement waits for a lock. */
const somebodyWaits = async (connection: Connection): Promise<void> => {
  for (let waiting = 0; waiting === 0; await wait(200)) {
    // The server looks again only when nobody has asked for a tenth of a second.
    const [lines] = await connection.query<(RowDataPacket & { count: number })[]>('SELECT COUNT(*) AS count FROM information_schema.innodb_lock_waits');
    waiting = lines[0]?.count ?? 0;
  }
};

/** Why a store cannot be opened at an address. */
const refusal = async (address: string): Promise<SyncError> => {
  try {
    await (await openMysqlStore({ url: address, tablePrefix: PREFIX })).close();
  } catch (error) {
    return error as SyncError;
  }
  throw new assert.AssertionError({ message: 'it should have failed' });
};

describe('Failures of the MySQL store', () => {
  let url: string;
  beforeEach(async function () {
    url = await emptyDatabase(this);
  });

  describe('cannot be opened', () => {
    for (const [what, change, code, told] of [
      ['a host that nobody answers at', () => 'mysql://user:a-long-secret@127.0.0.1:1/sync', 'store_unavailable', /127\.0\.0\.1:1\/sync.*ECONNREFUSED/],
      ['a host without an address', () => 'mysql://user:a-long-secret@nowhere.invalid/sync', 'store_unavailable', /nowhere\.invalid:3306\/sync/],
      ['a user whom the server does not know', (given: string) => given.replace('root@', 'nobody:a-long-secret@'), 'store_unavailable', /refuses this user \(ER_ACCESS_DENIED_ERROR, 1045\)/],
      ['a database that is not there', (given: string) => given.replace(/store_\d+/, 'missing'), 'store_unavailable', /missing does not exist/],
      ['a certificate file that is not there', (given: string) => `${given}&ssl-ca=/missing/ca.pem`, 'store_unavailable', /\/missing\/ca\.pem/],
      ['an address that is none', () => 'mysql://user:a-long-secret@host', 'settings_invalid', /name of the database is missing/],
      ['a server without TLS that is to have it', (given: string) => `${given}&ssl-mode=REQUIRED`, 'store_unavailable', /HANDSHAKE_NO_SSL_SUPPORT/],
    ] as const)
      it(`${what}: told so, the password never`, async () => {
        const error = await refusal(change(url));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, told);
        assert.doesNotMatch(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`, /a-long-secret/);
      });
  });

  describe('others in the way', () => {
    let store: Store;
    let meanwhile: Connection;
    beforeEach(async () => {
      store = await openMysqlStore({ url, tablePrefix: PREFIX });
      meanwhile = await other(url);
    });
    afterEach(async () => {
      await meanwhile.end();
      await store.close();
    });

    it('a deadlock that costs our transaction: it is done again, and both are done', async () => {
      const [ann, bob] = await stored(store, [memberRow('ann'), memberRow('bob')]);
      assert.ok(ann && bob);
      await meanwhile.query('BEGIN');
      // The server gives up the transaction that wrote less.
      await meanwhile.query(`INSERT INTO ${PREFIX}meta (name, value) SELECT CONCAT('filler ', seq), 'x' FROM seq_1_to_2000`);
      await meanwhile.query(`UPDATE ${PREFIX}cache SET civicrm_groups = '{"1": {}}' WHERE id = ${bob.id}`);
      const committing = store.commit(LIST, [ann, bob].map((row) => ({ rows: [{ kind: 'write', row: { ...row, syncStatus: 'ok' } }] })));
      await somebodyWaits(meanwhile);
      await meanwhile.query(`UPDATE ${PREFIX}cache SET civicrm_groups = '{"1": {}}' WHERE id = ${ann.id}`);
      await meanwhile.query('COMMIT');
      assert.deepEqual((await committing).map(({ kind }) => kind), ['done', 'done']);
      assert.deepEqual((await store.rowsById(LIST, [ann.id, bob.id])).map(({ syncStatus, version }) => [syncStatus, version]), [['ok', 2], ['ok', 2]]);
      const [status] = await query(url, `SHOW ENGINE INNODB STATUS`);
      assert.match(String(status?.['Status']), /LATEST DETECTED DEADLOCK/);
    });

    it('an address taken between reading and writing: the unit meets it as a conflict, the others are done', async () => {
      await meanwhile.query('BEGIN');
      await meanwhile.query(
        `INSERT INTO ${PREFIX}cache (id, version, mailchimp_list_id, mailchimp_email, civicrm_groups, civicrm_data, memory, sync_status) VALUES (900, 1, '${LIST}', 'ann@example.org', '{}', '{}', '{}', 'todo')`,
      );
      const committing = store.commit(LIST, ['ann', 'bob'].map((name) => ({ rows: [{ kind: 'insert', row: memberRow(name) }] })));
      await somebodyWaits(meanwhile);
      await meanwhile.query('COMMIT');
      assert.deepEqual((await committing).map(({ kind }) => kind), ['conflict', 'done']);
    });

    it('a storm of commits of the same rows by two instances: each row is written by one at a time, and all ends', async () => {
      const second = await openMysqlStore({ url, tablePrefix: PREFIX });
      const rows = await stored(store, Array.from({ length: 30 }, (_, at) => memberRow(`p${at}`)));
      const ids = rows.map(({ id }) => id);
      const rewrite = async (instance: Store): Promise<number> => {
        let done = 0;
        for (let round = 0; round < 8; round += 1) {
          const found = [...(await instance.rowsById(LIST, ids))].reverse();
          const outcomes = await instance.commit(LIST, found.map((row) => ({ rows: [{ kind: 'write', row }] })));
          done += outcomes.filter(({ kind }) => kind === 'done').length;
        }
        return done;
      };
      const done = await Promise.all([store, second, store, second].map(rewrite));
      const after = await store.rowsById(LIST, ids);
      assert.equal(after.reduce((sum, { version }) => sum + version - 1, 0), done.reduce((sum, count) => sum + count, 0));
      await second.close();
    });
  });

  it('a server without room: what is under way is lost and nothing else, told as such', async function () {
    this.timeout(60_000);
    const { server: small } = await launchMariadb(this, ['--innodb-data-file-path=ibdata1:12M:autoextend:max:40M']);
    const store = await openMysqlStore({ url: small.url('store'), tablePrefix: PREFIX });
    const fill = async (): Promise<void> => {
      for (let number = 0; ; number += 1) await store.commit(LIST, Array.from({ length: 100 }, (_, at) => ({ rows: [{ kind: 'insert', row: memberRow(`${number}-${at}`, { hookData: { text: 'x'.repeat(20_000) } }) }] })));
    };
    await assert.rejects(fill(), (error: SyncError) => error.code === 'store_full' && /no room/.test(error.message));
    assert.equal((await store.countRows(LIST)).todo % 100, 0, 'a commit is half there');
    await store.close();
    await small.stop('SIGKILL');
  });

  it('needs no more rights than the documentation names', async () => {
    const page = await readFile(new URL('../../docs/how-to/choose-a-store.md', import.meta.url), 'utf8');
    const [grant] = /^ *GRANT .*;$/m.exec(page) ?? assert.fail('no GRANT on the page');
    const name = /store_\d+/.exec(url)?.[0] ?? assert.fail();
    await query(url, `CREATE OR REPLACE USER sync@localhost IDENTIFIED BY 'a word'`);
    await query(url, grant.replace(/ON \S+ TO \S+;/, `ON ${name}.* TO sync@localhost`));
    const store = await openMysqlStore({ url: url.replace('root@', 'sync:a%20word@'), tablePrefix: PREFIX });
    const [row] = await stored(store, [memberRow('ann')]);
    assert.ok(row);
    await store.commit(LIST, [{ rows: [{ kind: 'delete', id: row.id, version: row.version }] }]);
    await store.close();
  });

  it('a column that is not JSON is damage, as is a table that is not there', async () => {
    const store = await openMysqlStore({ url, tablePrefix: PREFIX });
    const [row] = await stored(store, [memberRow('ann')]);
    assert.ok(row);
    await query(url, `UPDATE ${PREFIX}cache SET memory = '{'`);
    await assert.rejects(store.rowsById(LIST, [row.id]), { code: 'store_corrupt' });
    await query(url, `DROP TABLE ${PREFIX}inbox`);
    await assert.rejects(store.countUnhandled(LIST), { code: 'store_corrupt' });
    await store.close();
  });

  it('a statement that the server refuses is a fault of this program, told without values', async () => {
    const store = await openMysqlStore({ url, tablePrefix: PREFIX });
    const row = { ...memberRow('ann'), syncStatus: 'nonsense' as 'ok' };
    await assert.rejects(store.commit(LIST, [{ rows: [{ kind: 'insert', row }] }]), (error: SyncError) => error.code === 'internal' && !/ann|nonsense/.test(JSON.stringify(error) + error.message + String(error.cause)));
    await store.close();
  });

  it('a closed store answers nothing, after what was under way', async () => {
    const store = await openMysqlStore({ url, tablePrefix: PREFIX });
    const committing = store.commit(LIST, [{ rows: [{ kind: 'insert', row: memberRow('ann') }] }]);
    await store.close();
    assert.deepEqual((await committing).map(({ kind }) => kind), ['done']);
    await assert.rejects(store.countRows(LIST), { code: 'store_unavailable' });
  });

  it('keeps the code of an error of this program', () => {
    const error = storeError(new SyntaxError('x'), 'here');
    assert.equal(storeError(error, 'there'), error);
  });
});
