import assert from 'node:assert/strict';
import { world } from '../../../src/simulator/world.ts';
import { SYNC_PERMISSIONS } from '../../../src/simulator/civicrm/keys.ts';
import type { HoldReason } from '../../../src/store/entities.ts';
import { approve, bothSides, DEFAULTS, figures, heldIn, openCrowd, person, reject } from '../../support/crowd.ts';
import { openScenario, type RunOptions, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, LIST, OTHER_GROUP, OTHER_LIST } from '../../support/sync-world.ts';
import type { RunMode } from '../../../src/store/entities.ts';

/** A run that must not change anything: it is held, for this reason. */
async function assertHeld(s: Scenario, why: (reason: HoldReason) => boolean, mode: RunMode = 'full', options: RunOptions = {}): Promise<void> {
  const before = bothSides(s);
  const counts = await s.sync.run(mode, options);
  assert.equal(counts.reconcile?.['held'], 1, 'the plan was not held');
  assert.deepEqual(bothSides(s), before);
  const list = options.list ?? LIST;
  const plan = await s.world.store.openPlan(list);
  assert.ok(plan?.summary.why.some(why), `held for ${JSON.stringify(plan?.summary.why)}`);
  assert.equal((await s.sync.engine.start(list, { mode: 'incremental', since: null, withData: false, dryRun: false })).kind, 'not_started');
}

const beyond = (...kinds: readonly string[]) => (reason: HoldReason): boolean => reason.kind === 'limit' && kinds.includes(reason.of);
const emptied = (side: 'CiviCRM' | 'Mailchimp') => (reason: HoldReason): boolean => reason.kind === 'emptied' && reason.side === side;

describe('the default limits', () => {
  closeWorlds();

  it('let a first run of a small group pass', async () => {
    const s = await openScenario({ list: DEFAULTS });
    for (let number = 0; number < 12; number++) s.person.subscribes(person(number));
    for (let number = 12; number < 25; number++) s.civi.adds(s.civi.creates('Wilma', person(number)));
    s.passes(60);
    await s.sync.full();
    await s.batchesSettle();
    assert.deepEqual(figures(s), [25, 25]);
    await s.comesToRest();
  });

  it('ask once at the first run of a large one', async () => {
    const s = await openScenario({ list: { ...DEFAULTS, submitSingly: 1000 } });
    for (let number = 0; number < 40; number++) s.person.subscribes(person(number));
    for (let number = 40; number < 80; number++) s.civi.adds(s.civi.creates('Wilma', person(number)));
    s.passes(60);
    await assertHeld(s, beyond('create', 'add', 'subscribe'));
    assert.deepEqual((await heldIn(s)).summary.kinds, { create: 40, subscribe: 40 });
    await approve(s);
    assert.deepEqual(figures(s), [80, 80]);
    await s.comesToRest();
  });

  it('let daily work pass: some come and some go, on both sides, day after day', async () => {
    const { s, contacts } = await openCrowd(60);
    for (let day = 0; day < 3; day++) {
      for (let of = 0; of < 4; of++) {
        s.civi.removes(contacts[day * 8 + of]!);
        s.person.unsubscribes(person(day * 8 + 4 + of));
        s.person.subscribes(person(100 + day * 8 + of));
        s.civi.adds(s.civi.creates('Betty', person(104 + day * 8 + of)));
      }
      for (let hour = 0; hour < 3; hour++) {
        s.webhooksAreLost();
        s.passes(3600 * 8);
        await s.sync.run(hour === 0 ? 'full' : 'incremental');
        assert.equal(await s.world.store.openPlan(LIST), null, `held on day ${day}`);
      }
    }
    assert.deepEqual(figures(s), [60, 60]);
  });

  it('count what was applied in the last 24 hours, not in one run, and forget what is older', async () => {
    const { s, contacts } = await openCrowd(60);
    const removes = (from: number, to: number): void => {
      for (const contact of contacts.slice(from, to)) s.civi.removes(contact);
      s.passes(60);
    };
    removes(0, 15);
    await s.sync.run();
    removes(15, 25);
    await s.sync.run();
    assert.deepEqual(figures(s), [35, 35]);
    removes(25, 26);
    await assertHeld(s, beyond('unsubscribe'), 'incremental');
    await reject(s);
    s.passes(24 * 3600);
    await s.sync.run();
    assert.deepEqual(figures(s), [34, 34]);
  });
});

describe('an accident', () => {
  closeWorlds();

  it('a group emptied by mistake', async () => {
    const { s, contacts } = await openCrowd(40);
    for (const contact of contacts) s.civi.removes(contact);
    s.passes(60);
    await assertHeld(s, emptied('CiviCRM'));
    await reject(s);
  });

  it('a small group emptied by mistake, within the limits', async () => {
    const { s, contacts } = await openCrowd(12);
    for (const contact of contacts) s.civi.removes(contact);
    s.passes(60);
    await assertHeld(s, emptied('CiviCRM'), 'incremental');
  });

  it('a small group emptied past the API, without history', async () => {
    const { s, contacts } = await openCrowd(12);
    for (const contact of contacts) s.civi.writesBySql(contact, 'Removed');
    s.passes(60);
    await assertHeld(s, emptied('CiviCRM'));
  });

  it('all members deleted for good at Mailchimp, within the limits', async () => {
    const { s } = await openCrowd(12);
    for (let number = 0; number < 12; number++) s.mailchimpAdmin.deletesForGood(person(number));
    s.passes(60);
    await assertHeld(s, emptied('Mailchimp'));
  });

  it('once approved is no longer one: the next run is not held', async () => {
    const { s, contacts } = await openCrowd(12);
    for (const contact of contacts) s.civi.removes(contact);
    s.passes(60);
    await assertHeld(s, emptied('CiviCRM'));
    await approve(s);
    assert.deepEqual(figures(s), [0, 0]);
    s.civi.adds(contacts[0]!);
    s.passes(60);
    await s.sync.full();
    assert.deepEqual(figures(s), [1, 1]);
  });

  it('the wrong group bound: another one with people', async () => {
    const { s } = await openCrowd(40);
    s.civi.acts.createGroup({ id: OTHER_GROUP, title: 'Wrong' });
    for (let number = 50; number < 80; number++) s.civi.adds(s.civi.creates('Betty', person(number)), OTHER_GROUP);
    s.sync.engine = await s.world.reopen({ ...DEFAULTS, subscriptionGroup: String(OTHER_GROUP) });
    s.passes(60);
    await assertHeld(s, beyond('add', 'subscribe'));
  });

  it('the wrong group bound: a small audience, and an empty group', async () => {
    const { s } = await openCrowd(12);
    s.civi.acts.createGroup({ id: OTHER_GROUP, title: 'Wrong' });
    s.sync.engine = await s.world.reopen({ ...DEFAULTS, subscriptionGroup: String(OTHER_GROUP) });
    s.passes(60);
    await assertHeld(s, emptied('CiviCRM'));
  });

  it('the wrong audience bound', async () => {
    const { s } = await openCrowd(40, {}, { twoAudiences: true });
    for (let number = 50; number < 90; number++) s.person.subscribes(person(number), {}, OTHER_LIST);
    s.sync.engine = await s.world.reopen({ ...DEFAULTS, interests: {}, data: {} }, OTHER_LIST);
    s.passes(60);
    await assertHeld(s, beyond('create', 'subscribe'), 'full', { list: OTHER_LIST });
  });

  it('permissions lost: CiviCRM reads as nobody there', async () => {
    const { s } = await openCrowd(40);
    const { apiKey } = world.civicrm;
    const before = bothSides(s);
    const id = await s.sync.begin('full'); // with all permissions; a run that begins without is refused
    s.world.civicrm.setPermissions(apiKey, SYNC_PERMISSIONS.filter((each) => each !== 'view all contacts' && each !== 'edit all contacts'));
    const counts = await s.sync.goOn(id);
    assert.equal(counts.reconcile?.['held'], 1);
    assert.deepEqual(bothSides(s), before);
    s.world.civicrm.setPermissions(apiKey, SYNC_PERMISSIONS);
    s.passes(60);
    await reject(s);
    await s.sync.full();
    s.passes(60);
    await s.sync.full();
    assert.deepEqual(figures(s), [40, 40]);
    assert.equal(await s.world.store.openPlan(LIST), null);
  });

  it('trustOverride left on', async () => {
    const { s } = await openCrowd(40);
    for (let number = 0; number < 30; number++) s.person.unsubscribes(person(number));
    s.webhooksAreLost();
    s.passes(60);
    s.sync.engine = await s.world.reopen({ ...DEFAULTS, trustOverride: { subscription: 'CiviCRM' } });
    await assertHeld(s, beyond('subscribe'));
  });

  it('an import script that removes 35 % by the API', async () => {
    const { s, contacts } = await openCrowd(80);
    for (const contact of contacts.slice(0, 28)) s.civi.removes(contact);
    s.passes(60);
    await assertHeld(s, beyond('unsubscribe'), 'incremental');
  });
});
