import assert from 'node:assert/strict';
import { runId } from '../../../src/base/ids.ts';
import type { Lease, RunStart, Store } from '../../../src/store/store.ts';
import { LIST, memberRow, MINUTE, NOW, OTHER_LIST, RUN, runOf, type Stores } from './samples.ts';

const leaseOf = (start: RunStart, kind: RunStart['kind']): Lease => {
  assert.ok(start.kind === kind && start.kind !== 'busy', `the run should be ${kind}, not ${start.kind}`);
  return start.lease;
};

const started = async (store: Store, holder = 'one', run = runOf()): Promise<Lease> => leaseOf(await store.startRun(run, holder, NOW, MINUTE), 'started');

export const runsContract = (stores: () => Stores): void => {
  const SECOND_RUN = runId('run-2');
  const GAP = 10 * MINUTE;
  const lost = { code: 'lease_lost' };

  it('begins a run and gives it back as it is', async () => {
    const { store, other } = stores();
    const start = await store.startRun(runOf(), 'one', NOW, MINUTE);
    const run = { ...runOf(), stage: null, cursor: null, counts: {}, state: 'running', endedAt: null, errorCode: null };
    assert.deepEqual(start.run, run);
    assert.deepEqual(await other.run(RUN), run);
    assert.equal(await store.run(SECOND_RUN), null);
  });

  it('answers busy while a run holds its audience, whoever asks', async () => {
    const { store, other } = stores();
    await started(store);
    for (const holder of ['one', 'two']) {
      const start = await other.startRun(runOf(SECOND_RUN), holder, NOW + MINUTE - 1, MINUTE);
      assert.deepEqual([start.kind, start.run.id], ['busy', RUN]);
    }
    assert.equal(await other.run(SECOND_RUN), null);
    assert.equal((await other.startRun(runOf(SECOND_RUN, OTHER_LIST), 'two', NOW, MINUTE)).kind, 'started');
  });

  it('takes over an unfinished run whose lease has run out', async () => {
    const { store, other } = stores();
    const first = await started(store);
    await store.commit(LIST, [], { lease: first, run: { id: RUN, cursor: 'page 4' } });
    const start = await other.startRun(runOf(SECOND_RUN), 'two', NOW + MINUTE, MINUTE);
    const second = leaseOf(start, 'resumed');
    assert.deepEqual([start.run.id, start.run.cursor, second.runId], [RUN, 'page 4', RUN]);
    assert.ok(second.fence > first.fence);
    await assert.rejects(store.commit(LIST, [{ rows: [{ kind: 'insert', row: memberRow('late') }] }], { lease: first }), lost);
    await assert.rejects(store.renewLease(first, NOW, MINUTE), lost);
    await assert.rejects(store.completeStage(first, { stage: 'fetch', counts: {} }, NOW, GAP), lost);
    await assert.rejects(store.finishRun(first, 'done', NOW, null), lost);
    await assert.rejects(store.openBatch({ account: 'a', listId: LIST, createdAt: NOW }, [], first), lost);
    assert.deepEqual(await store.countRows(LIST), { todo: 0, live: 0, ok: 0, redo: 0, fail: 0 });
    assert.equal((await store.run(RUN))?.state, 'running');
    await other.commit(LIST, [], { lease: second });
  });

  it('gives a run that is asked for by its id to its last holder at once, to others when the lease has run out', async () => {
    const { store, other } = stores();
    const first = await started(store);
    assert.equal((await other.startRun(runOf(), 'two', NOW + 1, MINUTE)).kind, 'busy');
    const again = leaseOf(await store.startRun(runOf(), 'one', NOW + 1, MINUTE), 'resumed');
    assert.ok(again.fence > first.fence);
    leaseOf(await other.startRun(runOf(), 'two', NOW + 1 + MINUTE, MINUTE), 'resumed');
  });

  it('refuses the id of a run that is over', async () => {
    const { store } = stores();
    await store.finishRun(await started(store), 'done', NOW, null);
    await assert.rejects(store.startRun(runOf(), 'one', NOW, MINUTE), { code: 'internal' });
  });

  it('renews a lease', async () => {
    const { store, other } = stores();
    const lease = await started(store);
    await store.renewLease(lease, NOW + MINUTE - 1, MINUTE);
    assert.equal((await other.startRun(runOf(SECOND_RUN), 'two', NOW + 2 * MINUTE - 2, MINUTE)).kind, 'busy');
    assert.equal((await other.startRun(runOf(SECOND_RUN), 'two', NOW + 2 * MINUTE - 1, MINUTE)).kind, 'resumed');
  });

  it('lets a lease that has run out hold until somebody takes it', async () => {
    const { store, other } = stores();
    const lease = await started(store);
    await store.renewLease(lease, NOW + 5 * MINUTE, MINUTE);
    assert.equal((await other.startRun(runOf(SECOND_RUN), 'two', NOW + 5 * MINUTE, MINUTE)).kind, 'busy');
  });

  it('records a completed stage and leaves the run to its holder for the gap, then to anyone', async () => {
    const { store, other } = stores();
    const lease = await started(store);
    await store.commit(LIST, [], { lease, run: { id: RUN, cursor: 5 } });
    await store.completeStage(lease, { stage: 'fetch', counts: { fetch: { members: 3 } } }, NOW, GAP);
    const run = await other.run(RUN);
    assert.deepEqual([run?.stage, run?.counts, run?.cursor, run?.state], ['fetch', { fetch: { members: 3 } }, null, 'running']);
    assert.equal(await other.takeLease(RUN, 'two', NOW + GAP - 1, MINUTE), null);
    const next = await store.takeLease(RUN, 'one', NOW + 1, MINUTE);
    assert.ok(next && next.fence > lease.fence);
    await assert.rejects(store.renewLease(lease, NOW, MINUTE), lost);
    const taken = await other.takeLease(RUN, 'two', NOW + 1 + MINUTE, MINUTE);
    assert.ok(taken && taken.fence > next.fence);
    assert.equal(await store.takeLease(runId('never'), 'one', NOW, MINUTE), null);
  });

  it('ends a run, which frees its audience', async () => {
    const { store } = stores();
    const lease = await started(store);
    await store.finishRun(lease, 'failed', NOW + 4, 'civicrm_unreachable');
    const run = await store.run(RUN);
    assert.deepEqual([run?.state, run?.endedAt, run?.errorCode], ['failed', NOW + 4, 'civicrm_unreachable']);
    assert.equal(await store.takeLease(RUN, 'one', NOW + GAP, MINUTE), null);
    await assert.rejects(store.commit(LIST, [], { lease }), lost);
    const next = await started(store, 'two', runOf(SECOND_RUN));
    assert.ok(next.fence > lease.fence);
  });

  it('aborts a run whoever holds it', async () => {
    const { store, other } = stores();
    const lease = await started(store);
    const aborted = await other.abortRun(LIST, NOW + 1);
    assert.deepEqual([aborted?.id, aborted?.state, aborted?.endedAt], [RUN, 'aborted', NOW + 1]);
    assert.deepEqual(await store.run(RUN), aborted);
    await assert.rejects(store.renewLease(lease, NOW, MINUTE), lost);
    assert.equal(await other.abortRun(LIST, NOW), null);
  });

  it('leaves the run of a holder that is dead to whoever asks next', async () => {
    const { store, other } = stores();
    assert.equal(await other.leaseHolder(LIST), null);
    const lease = await started(store);
    assert.equal(await other.leaseHolder(LIST), 'one');
    await other.endLeaseOf(LIST, 'someone else');
    assert.equal((await other.startRun(runOf(SECOND_RUN), 'two', NOW, MINUTE)).kind, 'busy');
    await other.endLeaseOf(LIST, 'one');
    await assert.rejects(store.renewLease(lease, NOW, MINUTE), lost);
    leaseOf(await other.startRun(runOf(SECOND_RUN), 'two', NOW, MINUTE), 'resumed');
    assert.equal(await store.leaseHolder(LIST), 'two');
    await other.abortRun(LIST, NOW);
    assert.equal(await store.leaseHolder(LIST), null);
  });

  it('refuses a lease of another audience', async () => {
    const { store } = stores();
    const lease = await started(store);
    await assert.rejects(store.commit(OTHER_LIST, [], { lease }), lost);
  });

  it('lists runs newest first', async () => {
    const { store } = stores();
    for (const [at, id] of ['a', 'b', 'c'].entries()) {
      const lease = await started(store, 'one', { ...runOf(runId(id)), startedAt: at === 2 ? NOW : NOW + at });
      await store.finishRun(lease, 'done', NOW, null);
    }
    assert.deepEqual((await store.runs(LIST, 10)).map(({ id }) => id), ['b', 'c', 'a']);
    assert.deepEqual((await store.runs(LIST, 1)).map(({ id }) => id), ['b']);
    assert.deepEqual(await store.runs(OTHER_LIST, 10), []);
  });
};
