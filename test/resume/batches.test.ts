import assert from 'node:assert/strict';
import { batchId } from '../../src/base/ids.ts';
import type { BatchRecord } from '../../src/store/entities.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { BATCHED, openScenario, P1, P2, P3, type Scenario } from '../support/scenario.ts';
import { meanwhile } from '../support/meanwhile.ts';
import { closeWorlds } from '../support/sync-world.ts';

const HOURS = 3600;
const never = new AbortController().signal;

/** Three contacts were added to the group; a run has sent them in one batch. */
async function threeSent(scenario: Scenario): Promise<void> {
  for (const address of [P1, P2, P3]) scenario.civi.adds(scenario.civi.creates('Fred', address));
  await scenario.sync.run();
}

const records = (scenario: Scenario): Promise<readonly BatchRecord[]> => scenario.world.store.batchesInState(['sending', 'submitted', 'settled', 'given_up']);
const states = async (scenario: Scenario): Promise<readonly string[]> => (await records(scenario)).map(({ state }) => state);
const updateStates = async (scenario: Scenario): Promise<readonly string[]> => (await scenario.sync.updates()).filter(({ side }) => side === 'mailchimp').map(({ state }) => state);
const batchesAt = (scenario: Scenario) => scenario.world.mailchimp.batches.all();
const statuses = (scenario: Scenario): readonly string[] => [P1, P2, P3].map((address) => scenario.member(address));
const ALL = ['subscribed', 'subscribed', 'subscribed'];

describe('Batches', () => {
  closeWorlds();

  it('name their operations by the store and the update, and are recorded before they are sent', async () => {
    const s = await openScenario(BATCHED);
    let recorded: readonly BatchRecord[] = [];
    meanwhile(s.world.mailchimp, 'before', 'handle', async () => (recorded = await records(s)), ({ method, path }) => method === 'POST' && path === '/3.0/batches');
    await threeSent(s);
    assert.deepEqual(recorded.map(({ state, batchId: id, operations }) => [state, id, operations]), [['sending', null, 3]]);
    const updates = (await s.sync.updates()).filter(({ side }) => side === 'mailchimp');
    const [batch] = batchesAt(s);
    assert.deepEqual(batch?.operations.map(({ operationId }) => operationId), updates.map(({ id }) => `${s.world.store.id}-${id}`));
    assert.equal((await records(s))[0]?.batchId, batch?.id);
  });

  it('of another store with the same ids are not taken for ours', async () => {
    const s = await openScenario(BATCHED);
    s.world.mailchimp.faults.add({ kind: 'reset' }, { method: 'POST', path: /\/batches$/ });
    await assert.rejects(threeSent(s), { code: 'mailchimp_unreachable' });
    const theirs = (await s.sync.updates()).map(({ id }, at) => ({ method: 'GET', path: `/lists/a0d1e2c3b4/members/${[P1, P2, P3][at]}`, operation_id: `other-store-${id}` }));
    await s.world.mailchimp.handle({ method: 'POST', path: '/3.0/batches', query: new URLSearchParams(), headers: { authorization: `Bearer ${s.world.settings.accounts.get('simulated')!.apiKey}` }, body: Buffer.from(JSON.stringify({ operations: theirs })) });
    await s.batchesRun();
    await s.sync.handleBatches();
    assert.deepEqual(await states(s), ['given_up']);
  });

  describe('when it is not known whether Mailchimp took them', () => {
    it('are adopted by their operations, and nothing is sent again', async () => {
      const s = await openScenario(BATCHED);
      s.world.mailchimp.faults.add({ kind: 'reset', effect: true }, { method: 'POST', path: /\/batches$/ });
      await assert.rejects(threeSent(s), { code: 'mailchimp_unreachable' });
      assert.deepEqual(await states(s), ['sending']);
      await s.sync.handleBatches();
      assert.deepEqual(await states(s), ['sending'], 'a batch that may be ours has not finished: it is waited for');
      await s.sync.run();
      await s.batchesRun();
      await s.sync.handleBatches();
      assert.deepEqual([await states(s), batchesAt(s).length, statuses(s)], [['settled'], 1, ALL]);
      assert.deepEqual(await updateStates(s), ['done', 'done', 'done']);
      await s.comesToRest();
    });

    it('are given up when Mailchimp has none, and their members read before anything is sent anew', async () => {
      const s = await openScenario(BATCHED);
      s.world.mailchimp.faults.add({ kind: 'reset' }, { method: 'POST', path: /\/batches$/ });
      await assert.rejects(threeSent(s), { code: 'mailchimp_unreachable' });
      const before = readsOfMembers(s);
      await s.sync.handleBatches();
      assert.deepEqual([await states(s), await updateStates(s)], [['given_up'], ['superseded', 'superseded', 'superseded']]);
      assert.equal(readsOfMembers(s) - before, 3);
      await s.sync.run();
      await s.batchesSettle();
      assert.deepEqual([batchesAt(s).length, statuses(s)], [1, ALL]);
      await s.comesToRest();
    });

    for (const [what, fault] of [['cannot be read', 'html'], ['are not given out', 'server-error']] as const)
      it(`are waited for, and hold up nothing, while results that may be theirs ${what}; given up after hours`, async () => {
        const s = await openScenario(BATCHED);
        s.world.mailchimp.faults.add({ kind: 'reset', effect: true }, { method: 'POST', path: /\/batches$/ });
        await assert.rejects(threeSent(s), { code: 'mailchimp_unreachable' });
        await s.batchesRun();
        const spoil = (): void => s.world.mailchimp.faults.add({ kind: fault }, { path: /batch-results/, times: 100_000 });
        spoil();
        assert.equal((await s.sync.handleBatches())['givenUp'], 0);
        await s.sync.run();
        assert.deepEqual(await states(s), ['sending']);
        s.passes(9 * HOURS);
        spoil();
        assert.equal((await s.sync.handleBatches())['givenUp'], 1);
        s.world.mailchimp.faults.clear();
        await s.comesToRest();
        assert.deepEqual([batchesAt(s).length, statuses(s)], [1, ALL]);
      });

    it('go one by one when Mailchimp surely did not take them', async () => {
      const s = await openScenario(BATCHED);
      s.world.mailchimp.faults.add({ kind: 'too-many-requests', body: true }, { method: 'POST', path: /\/batches$/ });
      await threeSent(s);
      assert.deepEqual([await states(s), await updateStates(s)], [['given_up'], ['done', 'done', 'done']]);
      assert.deepEqual([batchesAt(s).length, statuses(s)], [0, ALL]);
    });

    it('are left alone by whoever polls while they are being sent', async () => {
      const s = await openScenario(BATCHED);
      const other = await s.world.reopen(BATCHED.list!);
      meanwhile(s.world.store, 'after', 'openBatch', () => other.handleBatches({ signal: never }));
      await threeSent(s);
      assert.deepEqual(await states(s), ['submitted']);
      await s.batchesSettle();
      assert.deepEqual([await states(s), await updateStates(s), statuses(s)], [['settled'], ['done', 'done', 'done'], ALL]);
    });

    it('are searched by one at a time', async () => {
      const s = await openScenario(BATCHED);
      s.world.mailchimp.faults.add({ kind: 'reset' }, { method: 'POST', path: /\/batches$/ });
      await assert.rejects(threeSent(s), { code: 'mailchimp_unreachable' });
      const other = await s.world.reopen(BATCHED.list!);
      const reads = readsOfMembers(s);
      meanwhile(s.world.mailchimp, 'before', 'handle', () => other.handleBatches({ signal: never }), ({ method, path }) => method === 'GET' && path === '/3.0/batches');
      await s.sync.handleBatches();
      assert.deepEqual([await states(s), readsOfMembers(s) - reads + readsOfMembers(s, other)], [['given_up'], 3]);
    });
  });

  describe('given up that run after all', () => {
    it('are known for ours: no word of anybody', async () => {
      const s = await openScenario(BATCHED);
      await threeSent(s);
      s.passes(13 * HOURS);
      await s.sync.handleBatches();
      assert.deepEqual([await states(s), statuses(s)], [['given_up'], ['none', 'none', 'none']]);
      await s.batchesRun(); // now
      s.passes(60);
      const [wilma] = s.civi.ownersOf(P1);
      s.civi.removes(wilma!); // an administrator's no, later than the word that the batch relayed
      await s.sync.full();
      await s.batchesSettle();
      await s.sync.run();
      await s.batchesSettle();
      assert.deepEqual(statuses(s), ['unsubscribed', 'subscribed', 'subscribed']);
      assert.equal(s.group(wilma!), 'Removed', 'what the batch did was taken for a person');
      await s.comesToRest();
    });

    it("do not hide a person's unsubscribe", async () => {
      const s = await openScenario(BATCHED);
      await threeSent(s);
      s.passes(13 * HOURS);
      await s.sync.handleBatches();
      await s.batchesRun();
      s.passes(60);
      s.person.unsubscribes(P1);
      s.passes(60);
      await s.sync.full();
      const [contact] = s.civi.ownersOf(P1);
      assert.deepEqual([s.member(P1), s.group(contact!)], ['unsubscribed', 'Removed']);
      await s.comesToRest();
    });
  });

  describe('results', () => {
    it('out of order settle each its own update', async () => {
      const s = await openScenario(BATCHED);
      await threeSent(s);
      const [{ id } = assert.fail()] = batchesAt(s);
      for (const place of [2, 0, 1]) await s.world.mailchimp.batches.run(id, place);
      s.world.mailchimp.batches.finish(id);
      await s.sync.handleBatches();
      assert.deepEqual(await updateStates(s), ['done', 'done', 'done']);
      for (const address of [P1, P2, P3]) assert.equal((await s.sync.row(address)).memberHash, s.memberRecord(address)?.id);
    });

    it('announced twice are settled once', async () => {
      const s = await openScenario(BATCHED);
      await threeSent(s);
      await s.batchesRun();
      const [{ id } = assert.fail()] = batchesAt(s);
      const first = await s.sync.engine.handleBatches({ batchId: batchId(id), signal: never });
      const second = await s.sync.engine.handleBatches({ batchId: batchId(id), signal: never });
      assert.deepEqual([first['done'], second['done'], second['batches']], [3, 0, 0]);
    });

    it('announced to two at the same moment are settled once', async () => {
      const s = await openScenario(BATCHED);
      await threeSent(s);
      await s.batchesRun();
      const other = await s.world.reopen(BATCHED.list!);
      let second = 0;
      meanwhile(s.world.mailchimp, 'before', 'handle', async () => (second = (await other.handleBatches({ signal: never }))['done']!), ({ path }) => path.startsWith('/batch-results/'));
      const first = await s.sync.handleBatches();
      assert.deepEqual([first['done'], second], [3, 0]);
    });

    it('that two settle because a claim has run out change nothing twice', async () => {
      const s = await openScenario(BATCHED);
      await threeSent(s);
      await s.batchesRun();
      const other = await s.world.reopen(BATCHED.list!);
      meanwhile(s.world.store, 'before', 'commit', async () => {
        s.passes(11 * 60);
        await other.handleBatches({ signal: never });
      });
      await s.sync.handleBatches();
      assert.deepEqual([await states(s), await updateStates(s), statuses(s)], [['settled'], ['done', 'done', 'done'], ALL]);
    });

    it('that miss some operations send those back to be decided anew, the member read first', async () => {
      const s = await openScenario(BATCHED);
      await threeSent(s);
      const [{ id } = assert.fail()] = batchesAt(s);
      await s.world.mailchimp.batches.run(id, 0);
      s.world.mailchimp.batches.finish(id);
      const reads = readsOfMembers(s);
      await s.sync.handleBatches();
      assert.deepEqual([await updateStates(s), readsOfMembers(s) - reads], [['done', 'superseded', 'superseded'], 2]);
      await s.sync.run();
      await s.batchesSettle();
      assert.deepEqual(statuses(s), ALL);
      await s.comesToRest();
    });

    it('without operation ids are known by reading the members, and nothing is sent again', async () => {
      const s = await openScenario(BATCHED);
      await threeSent(s);
      const [{ id } = assert.fail()] = batchesAt(s);
      await s.world.mailchimp.batches.runAll(id);
      s.world.mailchimp.batches.loseOperationIds(id);
      s.world.mailchimp.batches.finish(id);
      await s.sync.handleBatches();
      await s.comesToRest();
      assert.deepEqual([batchesAt(s).length, statuses(s)], [1, ALL]);
    });

    it('with an empty answer (204) have the member read', async () => {
      const s = await openScenario({ list: { submitSingly: 0, onRemove: 'archive' } });
      await threeSent(s);
      await s.batchesSettle();
      s.passes(60);
      const [contact] = s.civi.ownersOf(P1);
      s.civi.removes(contact!);
      await s.sync.run();
      await s.batchesSettle();
      assert.equal(s.member(P1), 'archived');
      assert.equal((await s.sync.row(P1)).member?.status, 'archived');
      await s.comesToRest();
    });

    it('of a batch that is not ours, or unknown, change nothing', async () => {
      const s = await openScenario(BATCHED);
      await threeSent(s);
      const counts = await s.sync.engine.handleBatches({ batchId: batchId('0123456789'), signal: never });
      assert.deepEqual([counts['batches'], counts['done'], await states(s)], [0, 0, ['submitted']]);
    });

    it('that Mailchimp keeps no longer are made up for by reading the members', async () => {
      const s = await openScenario(BATCHED);
      await threeSent(s);
      await s.batchesRun();
      s.passes(8 * 24 * HOURS);
      await s.sync.handleBatches();
      assert.deepEqual([await states(s), await updateStates(s)], [['given_up'], ['superseded', 'superseded', 'superseded']]);
      await s.comesToRest();
      assert.deepEqual([batchesAt(s).length, statuses(s)], [0, ALL]);
    });
  });

  it('that make no progress are given up, each member read on its own', async () => {
    const s = await openScenario(BATCHED);
    await threeSent(s);
    const [{ id } = assert.fail()] = batchesAt(s);
    s.passes(11 * HOURS);
    await s.world.mailchimp.batches.run(id, 0);
    await s.sync.handleBatches();
    s.passes(11 * HOURS);
    await s.sync.handleBatches();
    assert.deepEqual(await states(s), ['submitted'], 'there was progress');
    s.passes(2 * HOURS);
    const reads = readsOfMembers(s);
    await s.sync.handleBatches();
    assert.deepEqual([await states(s), readsOfMembers(s) - reads], [['given_up'], 3]);
  });

  it('that wait keep everything else of their rows back', async () => {
    const s = await openScenario(BATCHED);
    await threeSent(s);
    s.passes(60);
    const [contact] = s.civi.ownersOf(P1);
    s.civi.removes(contact!);
    await s.sync.full();
    assert.equal(batchesAt(s).length, 1);
    await s.batchesSettle();
    await s.comesToRest();
    assert.deepEqual(statuses(s), ['unsubscribed', 'subscribed', 'subscribed']);
  });
});

const readsOfMembers = (scenario: Scenario, engine: Engine = scenario.sync.engine): number =>
  [...engine.requests().mailchimp].filter(([kind]) => kind === 'GET member').reduce((sum, [, count]) => sum + count, 0);
