import assert from 'node:assert/strict';
import { runId } from '../../../src/base/ids.ts';
import { heldPlan, LIST, MINUTE, NOW, OTHER_LIST, runOf, type Stores } from './samples.ts';

export const plansContract = (stores: () => Stores): void => {
  it('are given back as they were written, newest first', async () => {
    const { store, other } = stores();
    const older = heldPlan({ state: 'rejected', settledAt: NOW });
    const newer = heldPlan({ id: runId('run-2'), heldAt: NOW + 1 });
    await store.writePlan(older);
    await store.writePlan(newer);
    assert.deepEqual(await other.plans(LIST, 9), [newer, older]);
    assert.deepEqual(await other.plans(LIST, 1), [newer]);
    assert.deepEqual(await other.plans(OTHER_LIST, 9), []);
  });

  it('are open while they are held or being applied', async () => {
    const { store, other } = stores();
    assert.equal(await store.openPlan(LIST), null);
    await store.writePlan(heldPlan());
    assert.deepEqual(await other.openPlan(LIST), heldPlan());
    assert.equal(await other.openPlan(OTHER_LIST), null);
    await store.writePlan(heldPlan({ state: 'approved', settledAt: NOW + 2 }));
    assert.deepEqual(await other.openPlan(LIST), heldPlan({ state: 'approved', settledAt: NOW + 2 }));
    for (const state of ['applied', 'rejected'] as const) {
      await store.writePlan(heldPlan({ state }));
      assert.equal(await other.openPlan(LIST), null);
    }
  });

  it('are not written by who lost the lease', async () => {
    const { store, other } = stores();
    const start = await store.startRun(runOf(), 'one', NOW, MINUTE);
    assert.ok(start.kind === 'started');
    await other.takeLease(start.run.id, 'two', NOW + MINUTE, MINUTE);
    await assert.rejects(store.writePlan(heldPlan(), start.lease), (error: Error & { code: string }) => error.code === 'lease_lost');
    assert.equal(await store.openPlan(LIST), null);
  });
};
