import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { openScenario, P1, P2, P3, type Scenario } from '../support/scenario.ts';
import { closeWorlds, GROUP, INTEREST, INTEREST_GROUP, LIST } from '../support/sync-world.ts';

const PEOPLE = [P1, P2, P3];

/** Three people in step, each of whom something has happened to since, so that a run would have to write. */
async function withEdits(): Promise<Scenario> {
  const s = await openScenario();
  for (const address of PEOPLE) await s.joined(address);
  for (const address of PEOPLE) s.person.isCalled(address, 'Pebbles');
  s.civi.adds(s.civi.creates('Betty', 'betty@example.org'));
  s.passes(60);
  return s;
}

/** No member and nobody in the group is touched by a run, which is refused with this code and names what is wrong. */
async function assertRefused(s: Scenario, code: string, names: string): Promise<void> {
  const members = PEOPLE.map((address) => s.member(address));
  const writes = s.sync.writes;
  const runs = (await s.world.store.runs(LIST, 100)).length;
  await assert.rejects(s.sync.full(), (error) => error instanceof SyncError && error.code === code && error.message.includes(names));
  assert.deepEqual(PEOPLE.map((address) => s.member(address)), members);
  assert.equal(s.sync.writes, writes, 'a refused run has written');
  assert.equal((await s.world.store.runs(LIST, 100)).length, runs, 'a run was begun');
}

const everybody = (s: Scenario, status: string): void => assert.deepEqual(PEOPLE.map((address) => s.member(address)), PEOPLE.map(() => status));

describe('broken bindings', () => {
  closeWorlds();

  it('an interest deleted at Mailchimp: the run is refused by its id, and its group keeps everybody', async () => {
    const s = await withEdits();
    const [wilma] = s.civi.ownersOf(P1);
    s.civi.adds(wilma!, INTEREST_GROUP);
    await s.comesToRest();
    s.world.mailchimp.setup.deleteInterest(LIST, INTEREST);
    s.passes(60);
    await assertRefused(s, 'interest_missing', INTEREST);
    assert.equal(s.group(wilma!, INTEREST_GROUP), 'Added');
  });

  it('a group that is disabled: the run is refused, nobody is unsubscribed; enabled again, it goes on', async () => {
    const s = await withEdits();
    s.civi.acts.setGroupActive(GROUP, false);
    await assertRefused(s, 'group_missing', `${GROUP}`);
    s.civi.acts.setGroupActive(GROUP, true);
    await s.comesToRest();
    everybody(s, 'subscribed');
    assert.equal(s.member('betty@example.org'), 'subscribed');
  });

  it('a group that is deleted: the run is refused, nobody is unsubscribed', async () => {
    const s = await withEdits();
    s.civi.acts.deleteGroup(GROUP);
    await assertRefused(s, 'group_missing', `${GROUP}`);
    everybody(s, 'subscribed');
  });

  it('a smart group that finds nobody, bound instead of the group: nobody is unsubscribed, everybody reported', async () => {
    const s = await withEdits();
    const smart = s.civi.acts.createGroup({ title: 'Donors', search: [['last_name', '=', 'Donor']] });
    s.sync.engine = await s.world.reopen({ subscriptionGroup: String(smart) });
    await s.comesToRest();
    everybody(s, 'subscribed');
    for (const address of PEOPLE) assert.equal(await s.failReason(address), 'smart_group');
  });

  it('a group deleted in the middle of a run: nobody is unsubscribed, whoever said the yes', async () => {
    const s = await withEdits();
    await s.added('Fred', 'fred@example.org');
    const id = await s.sync.begin('full');
    await s.sync.goOn(id, { before: 'identifyChanges' });
    s.civi.acts.deleteGroup(GROUP);
    await s.sync.goOn(id);
    everybody(s, 'subscribed');
    assert.equal(s.member('fred@example.org'), 'subscribed');
  });

  it('webhooks while the group is deleted unsubscribe nobody', async () => {
    const s = await withEdits();
    s.civi.acts.deleteGroup(GROUP);
    await s.webhooksArrive();
    everybody(s, 'subscribed');
    assert.equal(await s.failReason(P1), 'other');
  });

  it('a webhook after an interest was deleted takes nobody out of its group', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    s.person.ticks(P1);
    await s.comesToRest();
    s.world.mailchimp.setup.deleteInterest(LIST, INTEREST);
    s.person.isCalled(P1, 'Pebbles');
    await s.webhooksArrive();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(s.group(wilma, INTEREST_GROUP), 'Added');
  });
});
