import assert from 'node:assert/strict';
import { SyncError } from '../../../src/base/errors.ts';
import { P1, P2, P3, openScenario, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, LIST } from '../../support/sync-world.ts';

/** Three people to be added to the group, one call for all. */
async function three(): Promise<{ readonly s: Scenario; readonly contacts: readonly number[] }> {
  const s = await openScenario();
  const contacts = [P1, P2, P3].map((address) => s.civi.creates('Wilma', address));
  for (const address of [P1, P2, P3]) s.person.subscribes(address);
  s.passes(30);
  return { s, contacts };
}

const groups = (s: Scenario, contacts: readonly number[]): readonly string[] => contacts.map((contact) => s.group(contact));
const saves = (s: Scenario): number => s.sync.engine.requests().civicrm.get('GroupContact.save') ?? 0;

describe('stage reconcile', () => {
  closeWorlds();

  it('applies what is for CiviCRM at once, in one call, and queues what is for Mailchimp', async () => {
    const { s, contacts } = await three();
    const wilma = s.civi.creates('Betty', 'betty@example.org');
    s.civi.adds(wilma);
    const counts = await s.sync.run('incremental', { before: 'submit' });
    assert.deepEqual(groups(s, contacts), ['Added', 'Added', 'Added']);
    assert.equal(saves(s), 1);
    assert.equal(s.member('betty@example.org'), 'none');
    assert.deepEqual([counts.reconcile?.['applied'], counts.reconcile?.['queued']], [3, 1]);
    assert.deepEqual((await s.sync.updates()).map(({ side, state }) => `${side} ${state}`).toSorted(), ['civicrm done', 'civicrm done', 'civicrm done', 'mailchimp queued']);
  });

  it('its writes carry a mark that leads to the update', async () => {
    const { s } = await three();
    await s.sync.run();
    const marks = [...s.world.civicrm.tables.subscriptionHistory.all()].map(({ tracking }) => tracking);
    assert.equal(new Set(marks).size, 1);
    const written = await s.sync.updates();
    assert.deepEqual(new Set(written.map((update) => (update.side === 'civicrm' ? `mailchimpsync:${update.writeId}` : ''))), new Set(marks));
  });

  it('writes the whole plan before anything of it is applied', async () => {
    const { s, contacts } = await three();
    let planned: Promise<number> | undefined;
    s.justBefore(/GroupContact\/save/, () => {
      planned = s.world.store.countUpdatesInState(LIST, ['planned', 'sending']);
    });
    await s.sync.run();
    assert.equal(await planned, 3);
    assert.deepEqual(groups(s, contacts), ['Added', 'Added', 'Added']);
  });

  it('a dry run decides, and leaves both sides and the rows as they are', async () => {
    const { s, contacts } = await three();
    const wilma = s.civi.creates('Betty', 'betty@example.org');
    s.civi.adds(wilma);
    const before = s.sync.writes;
    const counts = await s.sync.run('incremental', { dryRun: true });
    assert.equal(counts.reconcile?.['planned'], 4);
    assert.equal(s.sync.writes - before, 0);
    assert.deepEqual(groups(s, contacts), ['none', 'none', 'none']);
    await s.comesToRest();
    assert.deepEqual([...groups(s, contacts), s.member('betty@example.org')], ['Added', 'Added', 'Added', 'subscribed']);
  });

  it('compares before it writes: no history row for a status that is there already', async () => {
    const { s, contacts } = await three();
    s.justBefore(/GroupContact\/get/, () => undefined);
    const id = await s.sync.begin();
    await s.sync.goOn(id, { before: 'reconcile' });
    // Between the decision and the write the administrator adds all three.
    s.justBefore(/GroupContact\/save/, () => assert.fail('nothing is left to write'));
    s.justBefore(/GroupContact\/get/, () => undefined);
    for (const contact of contacts) s.civi.adds(contact);
    await s.sync.goOn(id);
    assert.equal(saves(s), 0);
    assert.equal(s.world.civicrm.tables.subscriptionHistory.size, 3);
  });

  it('one that is refused does not stop the others of its call', async () => {
    const { s, contacts } = await three();
    const [, deleted] = contacts;
    s.justBefore(/GroupContact\/save/, () => s.civi.deletesForGood(deleted!));
    await s.sync.run();
    assert.deepEqual(groups(s, contacts), ['Added', 'none', 'Added']);
    await s.comesToRest();
    assert.deepEqual(groups(s, contacts), ['Added', 'none', 'Added']);
  });

  for (const fault of [{ kind: 'html' }, { kind: 'status', status: 503 }, { kind: 'reset' }, { kind: 'done-reset' }] as const)
    it(`CiviCRM fails in the middle (${fault.kind}): the run says so, the next one completes`, async () => {
      const { s, contacts } = await three();
      s.world.civicrm.plan({ fault, entity: 'GroupContact', action: 'save', times: 20 });
      await assert.rejects(s.sync.run(), (error) => error instanceof SyncError && error.code.startsWith('civicrm_'));
      const [run] = await s.world.store.runs(LIST, 1);
      assert.equal(run?.state, 'failed');
      s.world.civicrm.clearFaults();
      await s.comesToRest();
      assert.deepEqual(groups(s, contacts), ['Added', 'Added', 'Added']);
      assert.ok((await s.sync.updates()).every(({ state }) => state === 'done' || state === 'superseded'));
    });

  it('a row that somebody has claimed is left to them', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.person.subscribes(P1);
    const id = await s.sync.begin();
    await s.sync.goOn(id, { before: 'reconcile' });
    const row = await s.sync.row(P1);
    await s.world.store.claimRows(LIST, [row], 'elsewhere.invalid/1/x#y', s.now, s.now + 60_000);
    await s.sync.goOn(id);
    assert.deepEqual([s.group(wilma), (await s.sync.row(P1)).syncStatus], ['none', 'todo']);
    s.passes(61);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('says how many decisions were unclear', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.civi.adds(wilma);
    s.mailchimpAdmin.unsubscribes(P1);
    const counts = await s.sync.run();
    assert.deepEqual([counts.reconcile?.['planned'], counts.reconcile?.['unclear']], [1, 1]);
  });
});
