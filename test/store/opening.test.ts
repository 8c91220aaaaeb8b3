import assert from 'node:assert/strict';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystemOf } from '../../src/store/sqlite/network-mount.ts';
import { openSqliteStore, requireEmbeddedSqlite } from '../../src/store/sqlite/sqlite-store.ts';
import { LIST, memberRow, stored } from '../contract/store/samples.ts';
import { newPlace, type FilePlace } from './place.ts';

describe('Opening the embedded store', () => {
  let place: FilePlace;
  beforeEach(async () => {
    place = await newPlace();
  });
  afterEach(() => place.remove());

  it('keeps id and rows from one opening to the next', async () => {
    const first = await place.connect();
    await stored(first, [memberRow('ann')]);
    await first.close();
    const second = await place.connect();
    assert.equal(second.id, first.id);
    assert.equal((await second.countRows(LIST)).todo, 1);
    await second.close();
  });

  it('takes the id of a new store from the random given', async () => {
    const store = await openSqliteStore(':memory:', { random: { fraction: () => 0, token: (bytes) => 'ab'.repeat(bytes) } });
    assert.equal(store.id, 'abababababababab');
    await store.close();
  });

  it('makes files that only their owner can read', async () => {
    const store = await place.connect();
    await stored(store, [memberRow('ann')]);
    for (const suffix of ['', '-wal', '-shm']) assert.equal((await stat(place.file + suffix)).mode & 0o777, 0o600, suffix);
    await store.close();
  });

  it('works in memory, each by itself', async () => {
    const [store, other] = await Promise.all([openSqliteStore(':memory:'), openSqliteStore(':memory:')]);
    await stored(store, [memberRow('ann')]);
    assert.deepEqual([(await store.countRows(LIST)).todo, (await other.countRows(LIST)).todo], [1, 0]);
    assert.notEqual(store.id, other.id);
    await Promise.all([store.close(), other.close()]);
  });

  it('may be done by several at once on a new file', async () => {
    const stores = await Promise.all([place.connect(), place.connect(), place.connect(), place.connect()]);
    assert.equal(new Set(stores.map(({ id }) => id)).size, 1);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('names the file when its folder is missing', async () => {
    const file = join(place.file, 'missing', 'store.sqlite');
    await assert.rejects(openSqliteStore(file), (error: Error & { code: string }) => error.code === 'store_unavailable' && error.message.includes(file));
  });

  it('says so when the path is a folder', async () => {
    await mkdir(place.file);
    await assert.rejects(place.connect(), { code: 'store_unavailable' });
  });

  it('calls a file that is not a database corrupt, and leaves it as it is', async () => {
    await writeFile(place.file, 'not a database, '.repeat(500));
    await assert.rejects(place.connect(), (error: Error & { code: string }) => error.code === 'store_corrupt' && error.message.includes(place.file));
    assert.equal((await stat(place.file)).size, 16 * 500);
  });

  it('opens a file that was made by hand without taking its mode away', async () => {
    await writeFile(place.file, '');
    await chmod(place.file, 0o640);
    await (await place.connect()).close();
    assert.equal((await stat(place.file)).mode & 0o777, 0o640);
  });

  it('needs Node 22.13', () => {
    for (const version of ['20.19.0', '22.9.0', '22.12.1']) {
      assert.throws(() => requireEmbeddedSqlite(version), (error: Error & { code: string }) => error.code === 'node_too_old' && error.message.includes(version));
    }
    for (const version of ['22.13.0', '24.0.0', process.versions.node]) requireEmbeddedSqlite(version);
  });

  it('tells the file system of a folder from the innermost, latest mount', () => {
    const mounts = ['/dev/sda / ext4 rw 0 0', 'srv:/home /home nfs4 rw 0 0', '/dev/sdb /home/ann ext4 rw 0 0', 'srv:/x /mnt/with\\040space cifs rw 0 0', 'tmpfs /mnt/twice tmpfs rw', 'srv:/t /mnt/twice nfs rw', ''].join('\n');
    const folders = ['/var/lib', '/home', '/home/bob', '/home/ann/data', '/homes', '/mnt/with space/a', '/mnt/twice'];
    assert.deepEqual(folders.map((folder) => fileSystemOf(folder, mounts)), ['ext4', 'nfs4', 'nfs4', 'ext4', 'ext4', 'cifs', 'nfs']);
    assert.equal(fileSystemOf('/var', ''), null);
  });
});
