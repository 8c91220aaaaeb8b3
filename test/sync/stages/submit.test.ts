import assert from 'node:assert/strict';
import { SyncError } from '../../../src/base/errors.ts';
import type { BatchRecord } from '../../../src/store/entities.ts';
import { BATCHED, P1, P2, openScenario, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, GROUP, LIST, START } from '../../support/sync-world.ts';

/** People who are Added and unknown to Mailchimp. */
function have(s: Scenario, count: number): void {
  const created = START - 3_600_000;
  s.world.civicrm.acts.importContacts(
    Array.from({ length: count }, (_, number) => ({ firstName: 'Wilma', lastName: 'Flintstone', created, emails: [{ email: `person${number}@example.org` }], groups: [{ groupId: GROUP, status: 'Added' }], history: [{ groupId: GROUP, status: 'Added', date: created }] })),
  );
}

const sent = (s: Scenario): readonly string[] => s.world.mailchimp.log.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path.split('/').at(2) ?? ''}`);
const states = async (s: Scenario): Promise<readonly string[]> => (await s.sync.updates()).map(({ state }) => state);
const isOverloaded = (error: unknown): boolean => error instanceof SyncError && error.code === 'mailchimp_overloaded';

describe('stage submit', () => {
  closeWorlds();

  it('sends a handful singly and at once', async () => {
    const s = await openScenario();
    have(s, 20);
    const counts = await s.sync.run();
    assert.deepEqual([counts.submit?.['sent'], counts.submit?.['done']], [20, 20]);
    assert.deepEqual(new Set(sent(s)), new Set(['PUT lists']));
    assert.equal(s.member('person7@example.org'), 'subscribed');
    assert.deepEqual(new Set(await states(s)), new Set(['done']));
  });

  it('more than that in a batch', async () => {
    const s = await openScenario();
    have(s, 21);
    const counts = await s.sync.run();
    assert.deepEqual([counts.submit, sent(s)], [{ submitted: 21 }, ['POST batches']]);
  });

  it('in batches of at most 1,000', async () => {
    const s = await openScenario();
    have(s, 1001);
    await s.sync.run();
    assert.deepEqual(s.world.mailchimp.batches.all().map(({ total }) => total), [1000, 1]);
    await s.batchesSettle();
    assert.deepEqual(new Set(await states(s)), new Set(['done']));
  });

  it('a batch is recorded before it is sent, its id after', async () => {
    const s = await openScenario(BATCHED);
    have(s, 2);
    let before: Promise<readonly BatchRecord[]> | undefined;
    s.justBefore(/POST .*batches/, () => {
      before = s.world.store.batchesInState(['sending']);
    });
    await s.sync.run();
    const [recorded] = (await before) ?? [];
    assert.deepEqual([recorded?.operations, recorded?.batchId], [2, null]);
    const [record] = await s.world.store.batchesInState(['submitted']);
    assert.equal(record?.batchId, s.world.mailchimp.batches.all()[0]?.id);
  });

  it('each operation is named by the store and the update', async () => {
    const s = await openScenario(BATCHED);
    have(s, 2);
    await s.sync.run();
    const ids = (await s.sync.updates()).map(({ id }) => `${s.world.store.id}-${id}`);
    assert.deepEqual(s.world.mailchimp.batches.all()[0]?.operations.map(({ operationId }) => operationId), ids);
  });

  it('without this stage updates stay queued for the next run', async () => {
    const s = await openScenario();
    have(s, 1);
    await s.sync.stopsBefore('submit');
    assert.deepEqual([await states(s), s.member('person0@example.org')], [['queued'], 'none']);
    await s.comesToRest();
    assert.equal(s.member('person0@example.org'), 'subscribed');
  });

  it('an address edited before anything was sent is not written to any more', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    await s.sync.stopsBefore('submit');
    s.passes(30);
    s.civi.edits(wilma, P1, P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    assert.equal(sent(s).length, 1);
  });

  it('an address deleted before anything was sent: nobody is subscribed', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    await s.sync.stopsBefore('submit');
    s.passes(30);
    s.civi.takesAway(wilma, P1);
    await s.comesToRest();
    s.assertSides([P1, 'none'], [wilma, 'Added']);
    assert.equal((await s.sync.rowOf(wilma)).failReason, 'no_email');
  });

  it('what was surely not done is decided anew; the run fails, the next one completes', async () => {
    const s = await openScenario();
    have(s, 2);
    s.world.mailchimp.faults.add({ kind: 'too-many-requests', body: true }, { method: 'PUT', times: 1000 });
    await assert.rejects(s.sync.run(), isOverloaded);
    assert.deepEqual((await s.sync.updates()).map(({ state, claims }) => [state, claims]), [['superseded', false], ['queued', false]]);
    s.world.mailchimp.faults.clear();
    await s.comesToRest();
    assert.deepEqual([s.member('person0@example.org'), s.member('person1@example.org')], ['subscribed', 'subscribed']);
  });

  it('where Mailchimp takes no batch, updates go one by one', async () => {
    const s = await openScenario(BATCHED);
    have(s, 2);
    s.world.mailchimp.faults.add({ kind: 'too-many-requests', body: true }, { method: 'POST', times: 1000 });
    const counts = await s.sync.run();
    assert.deepEqual([counts.submit?.['submitted'], counts.submit?.['done'], s.member('person1@example.org')], [0, 2, 'subscribed']);
  });

  it('what may have been done is of unknown fate, and never sent again blindly', async () => {
    for (const effect of [true, false]) {
      const s = await openScenario();
      have(s, 1);
      s.world.mailchimp.faults.add({ kind: 'server-error', effect }, { method: 'PUT' });
      await assert.rejects(s.sync.run());
      const [update] = await s.sync.updates();
      assert.deepEqual([update?.state, update?.claims], ['superseded', true]);
      await s.comesToRest();
      assert.equal(s.member('person0@example.org'), 'subscribed');
      assert.equal(sent(s).length, effect ? 1 : 2);
    }
  });

  it('an answer that never comes is of unknown fate as well', async () => {
    const s = await openScenario();
    have(s, 1);
    s.world.mailchimp.faults.add({ kind: 'hang', effect: true }, { method: 'PUT' });
    await assert.rejects(s.sync.run());
    await s.comesToRest();
    assert.deepEqual([s.member('person0@example.org'), sent(s).length], ['subscribed', 1]);
  });

  it('a member that is gone when it is patched is read, and decided anew', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.justBefore(/PATCH/, () => s.mailchimpAdmin.deletesForGood(P1));
    await s.sync.run();
    assert.equal((await s.sync.row(P1)).member?.status, null);
    await s.comesToRest();
    s.assertSides([P1, 'none'], [wilma, 'Removed']);
  });

  it('an address that was deleted for good fails as forgotten, once, until something changes', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.mailchimpAdmin.deletesForGood(P1);
    await s.comesToRest();
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'none'], [wilma, 'Added']);
    assert.equal(await s.failReason(P1), 'forgotten');
    const asked = (await states(s)).filter((state) => state === 'failed').length;
    assert.equal(asked, 1);
    s.civi.edits(wilma, P1, P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('an address that Mailchimp takes for fake fails as refused', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', 'wilma@example.com');
    await s.comesToRest();
    assert.equal((await s.sync.rowOf(wilma)).failReason, 'address_refused');
    s.civi.edits(wilma, 'wilma@example.com', P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('too many lists: asked again after days', async () => {
    const s = await openScenario();
    s.world.mailchimp.administrators.markTooManySignups(LIST, P1);
    const wilma = await s.added('Wilma', P1);
    await s.comesToRest();
    assert.equal((await s.sync.rowOf(wilma)).failReason, 'later');
    s.world.mailchimp.administrators.markTooManySignups(LIST, P1, false);
    await s.comesToRest();
    assert.equal(s.member(P1), 'none');
    s.passes(4 * 24 * 3600);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });
});
