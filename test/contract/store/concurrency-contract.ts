import assert from 'node:assert/strict';
import { emailAddress, runId } from '../../../src/base/ids.ts';
import type { Store } from '../../../src/store/store.ts';
import { LIST, mailchimpUpdate, memberRow, MINUTE, NOW, reread, runOf, stored, storedUpdates, type Stores } from './samples.ts';

/** Two instances on the same data, as two processes have, at the same time. */
export const concurrencyContract = (stores: () => Stores): void => {
  const both = <Answer>(ask: (store: Store, holder: string) => Promise<Answer>): Promise<readonly Answer[]> => {
    const { store, other } = stores();
    return Promise.all([ask(store, 'one'), ask(other, 'two')]);
  };

  it('one store has one id', () => {
    assert.equal(stores().store.id, stores().other.id);
    assert.match(stores().store.id, /^[0-9a-f]{8,}$/);
  });

  it('one of two starts wins the audience', async () => {
    for (let round = 0; round < 10; round += 1) {
      const starts = await both((store, holder) => store.startRun(runOf(runId(`${holder} ${round}`)), holder, NOW, MINUTE));
      assert.deepEqual(starts.map(({ kind }) => kind).sort(), ['busy', 'started']);
      assert.equal(new Set(starts.map(({ run }) => run.id)).size, 1);
      await stores().store.abortRun(LIST, NOW);
    }
  });

  it('one of two take-overs wins, and the loser’s lease is worth nothing', async () => {
    await stores().store.startRun(runOf(), 'dead', NOW, MINUTE);
    const leases = (await both((store, holder) => store.takeLease(runOf().id, holder, NOW + MINUTE, MINUTE))).filter((lease) => lease !== null);
    assert.equal(leases.length, 1);
  });

  it('each version of a row is written once', async () => {
    const { store } = stores();
    const rows = await stored(store, Array.from({ length: 200 }, (_, at) => memberRow(`p${at}`)));
    const units = (holder: string) => rows.map((row) => ({ rows: [{ kind: 'write' as const, row: { ...row, hookData: { holder } } }] }));
    const halves = await both(async (instance, holder) => {
      const parts = [units(holder).slice(0, 100), units(holder).slice(100)];
      return (await Promise.all(parts.map((part) => instance.commit(LIST, part)))).flat();
    });
    const after = await store.rowsById(LIST, rows.map(({ id }) => id));
    for (const [at, row] of after.entries()) {
      const won = halves.map((outcomes) => outcomes[at]?.kind === 'done');
      assert.deepEqual([won.filter(Boolean).length, row.version], [1, 2]);
      assert.equal(row.hookData['holder'], won[0] ? 'one' : 'two');
    }
  });

  it('each address is inserted once', async () => {
    const units = Array.from({ length: 100 }, (_, at) => ({ rows: [{ kind: 'insert' as const, row: memberRow(`p${at}`) }] }));
    const outcomes = await both((store) => store.commit(LIST, units));
    for (const at of units.keys()) assert.deepEqual(new Set(outcomes.map((list) => list[at]?.kind)), new Set(['conflict', 'done']));
    assert.equal((await stores().store.countRows(LIST)).todo, 100);
  });

  it('each row is claimed by one', async () => {
    const { store } = stores();
    const rows = await stored(store, Array.from({ length: 100 }, (_, at) => memberRow(`p${at}`)));
    const claimed = await both((instance, holder) => instance.claimRows(LIST, rows, holder, NOW, NOW + MINUTE));
    assert.deepEqual(claimed.flat().sort((a, b) => a - b), rows.map(({ id }) => id));
  });

  it('each queued update goes into one batch', async () => {
    const { store } = stores();
    const ids = await storedUpdates(store, Array.from({ length: 100 }, () => mailchimpUpdate()));
    const opened = await both((instance) => instance.openBatch({ account: 'main', listId: LIST, createdAt: NOW }, ids));
    assert.deepEqual(opened.flatMap(({ updates }) => updates).sort((a, b) => a - b), ids);
  });

  it('each creation is claimed by one', async () => {
    const emails = Array.from({ length: 100 }, (_, at) => emailAddress(`p${at}@example.org`));
    const [first, second] = await both((store, holder) => store.claimCreation('site', emails, holder, NOW, NOW - MINUTE));
    assert.deepEqual(first, second);
  });

  it('a paused holder that wakes after a take-over changes nothing', async () => {
    const { store, other } = stores();
    const start = await store.startRun(runOf(), 'one', NOW, MINUTE);
    assert.ok(start.kind === 'started');
    const [row] = await stored(store, [memberRow('ann')]);
    assert.ok(row);
    const lease = await other.takeLease(runOf().id, 'two', NOW + MINUTE, MINUTE);
    assert.ok(lease);
    const write = { rows: [{ kind: 'write' as const, row: { ...row, syncStatus: 'ok' as const } }] };
    await assert.rejects(store.commit(LIST, [write], { lease: start.lease, run: { id: start.run.id, cursor: 'stale' } }), { code: 'lease_lost' });
    assert.deepEqual(await reread(other, row), row);
    assert.equal((await other.run(start.run.id))?.cursor, null);
    const [outcome] = await other.commit(LIST, [write], { lease });
    assert.equal(outcome?.kind, 'done');
  });
};
