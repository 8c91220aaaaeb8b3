import assert from 'node:assert/strict';
import { rowId } from '../../src/base/ids.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { StoreThread } from '../../src/store/sqlite/thread.ts';
import { LIST, memberRow } from '../contract/store/samples.ts';
import { newPlace, type FilePlace } from './place.ts';

const unavailable = { code: 'store_unavailable' };
const insert = (name: string) => ({ rows: [{ kind: 'insert' as const, row: memberRow(name) }] });

describe('The thread of the embedded store', () => {
  let place: FilePlace;
  beforeEach(async () => {
    place = await newPlace();
  });
  afterEach(() => place.remove());

  it('finishes what was asked before it closes, and refuses what comes after', async () => {
    const store = await place.connect();
    const commits = Array.from({ length: 20 }, (_, at) => store.commit(LIST, [insert(`p${at}`)]));
    const closed = store.close();
    await assert.rejects(store.countRows(LIST), unavailable);
    await closed;
    assert.deepEqual((await Promise.all(commits)).flat().map(({ kind }) => kind), Array.from({ length: 20 }, () => 'done'));
    await store.close();
    const again = await place.connect();
    assert.equal((await again.countRows(LIST)).todo, 20);
    await again.close();
  });

  it('answers calls in the order they were made', async () => {
    const store = await openSqliteStore(':memory:');
    const [, count, , after] = await Promise.all([store.commit(LIST, [insert('a')]), store.countRows(LIST), store.commit(LIST, [insert('b')]), store.rowsById(LIST, [rowId(2)])]);
    assert.equal(count.todo, 1);
    assert.equal(after.length, 1);
    await store.close();
  });

  for (const [way, method] of [['of an error', 'open'], ['by ending', 'close']] as const) {
    it(`rejects every call under way, and all later ones, when it dies ${way}`, async () => {
      const thread = new StoreThread(new URL('./dying-worker.ts', import.meta.url), place.file);
      assert.equal(await thread.call('run', ['run' as never]), 'alive');
      const calls = [method === 'open' ? thread.call('open', [{ file: place.file, busyTimeout: 0, newId: '' }]) : thread.call('close', []), thread.call('runs', [LIST, 1]), thread.call('audience', [LIST])];
      for (const outcome of await Promise.allSettled(calls)) {
        assert.ok(outcome.status === 'rejected');
        assert.equal(outcome.reason.code, 'store_unavailable');
        assert.ok(outcome.reason.message.includes(place.file));
      }
      await assert.rejects(thread.call('audience', [LIST]), unavailable);
      await thread.close();
    });
  }

  it('keeps acknowledged commits when it is stopped in the middle', async () => {
    const thread = new StoreThread(new URL('../../src/store/sqlite/worker.ts', import.meta.url), place.file);
    await thread.call('open', [{ file: place.file, busyTimeout: 0, newId: 'id' }]);
    await thread.call('commit', [LIST, [insert('acknowledged')]]);
    const pending = Array.from({ length: 50 }, (_, at) => thread.call('commit', [LIST, [insert(`p${at}`)]]));
    await thread.stop();
    const settled = await Promise.allSettled(pending);
    for (const outcome of settled) if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'store_unavailable');
    const store = await place.connect();
    const acknowledged = 1 + settled.filter(({ status }) => status === 'fulfilled').length;
    assert.ok((await store.countRows(LIST)).todo >= acknowledged);
    await store.close();
  });

  it('does not keep a program alive that has nothing to ask', async () => {
    const { spawn } = await import('node:child_process');
    const script = `
      import { openSqliteStore } from ${JSON.stringify(new URL('../../src/store/sqlite/sqlite-store.ts', import.meta.url).href)};
      const store = await openSqliteStore(${JSON.stringify(place.file)});
      await store.runs('aaaaaaaaaa', 1);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit'] });
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 0);
  });
});
