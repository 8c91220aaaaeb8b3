import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyncError } from '../../src/base/errors.ts';
import { openMysqlStore } from '../../src/store/mysql/mysql-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { MariadbServer } from '../../src/cli/mariadb.ts';
import { contactRow, LIST, memberRow, MINUTE, NOW, runOf, stored } from '../contract/store/samples.ts';
import { emptyDatabase, launchMariadb } from '../support/mariadb.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { PREFIX, query } from './mysql-place.ts';

/** Rows without a key that the database would find twice. */
const keyless = (name: string, count: number) => ({ rows: Array.from({ length: count }, (_, at) => ({ kind: 'insert' as const, row: contactRow(at + 1, { hookData: { commit: name } }) })) });

const socketOf = (url: string): string => new URL(url).searchParams.get('socket') ?? '';

/** How many rows there are of each commit. */
const rowsByCommit = async (url: string): Promise<ReadonlyMap<string, number>> => {
  const lines = await query(url, `SELECT civicrm_data AS data, COUNT(*) AS count FROM ${PREFIX}cache GROUP BY civicrm_data`);
  return new Map(lines.map(({ data, count }) => [(JSON.parse(String(data)) as { commit: string }).commit, Number(count)]));
};

describe('MySQL store: a connection breaks', () => {
  let folder: string;
  let url: string;
  let proxy: CuttingProxy;
  let store: Store;
  beforeEach(async function () {
    url = await emptyDatabase(this);
    folder = await mkdtemp(join(tmpdir(), 'mailchimpsync-cut-'));
    const socket = socketOf(url);
    proxy = await CuttingProxy.open(socket, folder);
    store = await openMysqlStore({ url: url.replace(encodeURIComponent(socket), encodeURIComponent(proxy.socket)), tablePrefix: PREFIX });
  });
  afterEach(async () => {
    await store.close();
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  });

  const COMMIT = 'COMMIT';
  for (const [text, when, what] of [
    ['START TRANSACTION', 'before', 'before a transaction begins'],
    ['INSERT INTO `mailchimpsync_cache`', 'before', 'in the middle of a transaction'],
    [COMMIT, 'before', 'before the server hears of COMMIT'],
    [COMMIT, 'after', 'before the answer to COMMIT comes'],
  ] as const)
    it(`${what}: the commit is done, once`, async () => {
      proxy.cutAt(text, when);
      const [outcome] = await store.commit(LIST, [keyless('one', 20)]);
      assert.equal(proxy.cuts, 1);
      assert.equal(outcome?.kind, 'done');
      assert.deepEqual(await rowsByCommit(url), new Map([['one', 20]]));
      const ids = outcome.kind === 'done' ? outcome.rows : [];
      assert.deepEqual((await store.rowsById(LIST, ids)).map(({ id }) => id), ids);
    });

  it('in a question: it is asked again', async () => {
    await stored(store, [memberRow('ann')]);
    proxy.cutAt('COUNT(*)', 'after');
    assert.equal((await store.countRows(LIST)).todo, 1);
    assert.equal(proxy.cuts, 1);
  });

  it('as a lease is taken: the one who took it has it', async () => {
    proxy.cutAt(COMMIT, 'after');
    const start = await store.startRun(runOf(), 'one', NOW, MINUTE);
    assert.ok(start.kind === 'started');
    await store.commit(LIST, [keyless('one', 1)], { lease: start.lease });
    assert.equal(proxy.cuts, 1);
  });

  it('as a webhook is stored: it is stored, once', async () => {
    proxy.cutAt(COMMIT, 'after');
    const entry = { listId: LIST, type: 'unsubscribe', firedAt: NOW, key: 'a', email: null, payload: {}, receivedAt: NOW };
    assert.equal(await store.receive(entry), true);
    assert.equal(await store.receive(entry), false);
  });
});

describe('MySQL store: the server is killed', () => {
  let launched: Awaited<ReturnType<typeof launchMariadb>>;
  let server: MariadbServer;
  before(async function () {
    launched = await launchMariadb(this);
    server = launched.server;
  });
  after(() => server.stop('SIGKILL'));

  it('in the middle of commits: they end with a clear code; afterwards each is there whole or not at all, those acknowledged all', async function () {
    this.timeout(60_000);
    const store = await openMysqlStore({ url: server.url('store'), tablePrefix: PREFIX });
    const acknowledged: string[] = [];
    const codes = new Set<string>();
    const writer = async (name: string): Promise<void> => {
      for (let number = 0; ; number += 1) {
        const [outcome] = await store.commit(LIST, [keyless(`${name}-${number}`, 20)]);
        if (outcome?.kind === 'done') acknowledged.push(`${name}-${number}`);
        if (acknowledged.length === 30) void server.stop('SIGKILL');
      }
    };
    await Promise.all(['a', 'b', 'c'].map((name) => writer(name).catch((error: SyncError) => codes.add(error.code))));
    assert.deepEqual(codes, new Set(['store_unavailable']));
    server = await launched.restart();
    const after = await openMysqlStore({ url: server.url('store'), tablePrefix: PREFIX });
    const rows = await rowsByCommit(server.url('store'));
    for (const name of acknowledged) assert.equal(rows.get(name), 20, name);
    for (const [name, count] of rows) assert.equal(count, 20, name);
    await after.close();
    await store.close();
  });

  it('and comes back while somebody waits: the call is done as if nothing had been', async function () {
    this.timeout(60_000);
    const folder = await mkdtemp(join(tmpdir(), 'mailchimpsync-cut-'));
    let proxy = await CuttingProxy.open(socketOf(server.url('store')), folder);
    const store = await openMysqlStore({ url: `mysql://root@localhost/store?socket=${encodeURIComponent(proxy.socket)}`, tablePrefix: PREFIX });
    await proxy.close();
    const counted = store.countRows(LIST);
    proxy = await CuttingProxy.open(socketOf(server.url('store')), folder);
    assert.ok((await counted).todo > 0);
    await store.close();
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  });
});
