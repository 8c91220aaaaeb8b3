import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/simulator/simulator-settings.ts';
import { approve, heldIn } from '../support/crowd.ts';
import { P1, P2, P3, type Scenario } from '../support/scenario.ts';
import { SEARCHED_ANEW, SmartScenario } from '../support/smart-scenario.ts';
import { closeWorlds, GROUP, INTEREST } from '../support/sync-world.ts';

const interest = (smart: string): JsonObject => ({ interests: { [INTEREST]: smart } });
const hasInterest = (s: Scenario, address: string): boolean | undefined => s.memberRecord(address)?.interests.includes(INTEREST);

describe('a smart group as the subscription group', () => {
  closeWorlds();

  it('whoever its search finds is subscribed, and the group is not written', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    world.rubble('Betty', P1);
    world.flintstone('Wilma', P2);
    await world.rests();
    assert.deepEqual([s.member(P1), s.member(P2)], ['subscribed', 'none']);
    world.assertGroupsUntouched();
  });

  it('it is told that the group is only read', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    await world.runs(1);
    assert.ok(s.world.logged.some((text) => text.includes('"Rubbles"') && text.includes('smart group') && text.includes('never written')));
  });

  it('an incremental run notices whoever comes into the search, without any history or edit', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    const wilma = world.flintstone('Wilma', P1);
    await world.rests();
    s.civi.acts.changeSearch(world.smart, [['id', '=', wilma]]);
    await world.runs(1);
    assert.equal(s.member(P1), 'subscribed');
  });

  it('an incremental run unsubscribes whoever falls out of the search, and subscribes whoever comes in again', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    const betty = world.rubble('Betty', P1);
    await world.rests();
    world.leaves(betty);
    await world.runs(1);
    assert.equal(s.member(P1), 'subscribed', 'one search alone is not believed');
    await world.runs(1);
    assert.equal(s.member(P1), 'unsubscribed');
    world.enters(betty);
    await world.runs(2);
    assert.equal(s.member(P1), 'subscribed');
    world.leaves(betty);
    await world.runs(2);
    assert.equal(s.member(P1), 'unsubscribed');
    world.assertGroupsUntouched();
  });

  it('a group that reads as empty, because CiviCRM fills its table anew, unsubscribes nobody', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    for (const address of [P1, P2, P3]) world.rubble('Betty', address);
    await world.rests();
    s.passes(SEARCHED_ANEW);
    s.civi.acts.beginCacheRebuild(world.smart);
    await s.sync.run();
    await s.sync.full();
    assert.deepEqual([P1, P2, P3].map((address) => s.member(address)), ['subscribed', 'subscribed', 'subscribed']);
    s.civi.acts.endCacheRebuild(world.smart);
    await world.rests();
    assert.deepEqual([P1, P2, P3].map((address) => s.member(address)), ['subscribed', 'subscribed', 'subscribed']);
  });

  it('whoever leaves at Mailchimp stays unsubscribed, although the search finds them, and is reported', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    const betty = world.rubble('Betty', P1);
    await world.rests();
    s.person.unsubscribes(P1);
    await s.webhooksArrive();
    await world.rests();
    assert.equal(s.member(P1), 'unsubscribed');
    assert.equal(await s.failReason(P1), 'smart_group');
    world.leaves(betty);
    await world.rests();
    assert.equal(await s.failReason(P1), null, 'both sides say no');
    world.enters(betty);
    await world.rests();
    assert.equal(s.member(P1), 'unsubscribed', 'a search is no word later than a person’s own no');
    assert.equal(await s.failReason(P1), 'smart_group');
    world.assertGroupsUntouched();
  });

  it('whoever left at Mailchimp before the first sync is not subscribed by the search', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    s.person.subscribes(P1);
    s.passes(60);
    s.person.unsubscribes(P1);
    s.passes(60);
    world.rubble('Betty', P1);
    await world.rests();
    assert.deepEqual([s.member(P1), await s.failReason(P1)], ['unsubscribed', 'smart_group']);
  });

  it('whoever joins at Mailchimp and is not found stays subscribed, with a contact, reported until the search finds them', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    s.person.subscribes(P1, { mergeFields: { FNAME: 'Wilma', LNAME: 'Flintstone' } });
    await s.webhooksArrive();
    await world.rests();
    const [wilma] = s.civi.ownersOf(P1);
    assert.ok(wilma);
    assert.deepEqual([s.member(P1), await s.failReason(P1)], ['subscribed', 'smart_group']);
    world.enters(wilma);
    await world.rests();
    assert.deepEqual([s.member(P1), await s.failReason(P1)], ['subscribed', null]);
    world.assertGroupsUntouched();
  });

  it('whoever is removed by hand is unsubscribed at once, and comes back when the removal is taken back', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    const betty = world.rubble('Betty', P1);
    await world.rests();
    s.passes(60);
    s.civi.removes(betty, world.smart);
    await world.runs(1);
    assert.equal(s.member(P1), 'unsubscribed');
    s.passes(60);
    s.civi.acts.deleteFromGroup(betty, world.smart);
    await world.rests();
    assert.equal(s.member(P1), 'subscribed');
  });

  it('whoever is removed through the API counts as removed, although what CiviCRM found before still shows them', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    const betty = world.rubble('Betty', P1);
    await world.rests();
    s.passes(SEARCHED_ANEW);
    await s.sync.run(); // CiviCRM has just searched
    s.passes(10);
    await world.removesByApi(betty);
    s.passes(60);
    s.webhooksAreLost();
    await s.sync.run();
    assert.equal(s.member(P1), 'unsubscribed');
    await world.rests();
    assert.equal(s.member(P1), 'unsubscribed');
  });

  it('whoever is found and goes to the trash is unsubscribed, and stays so when restored: a deletion is a word, a search is none', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    const betty = world.rubble('Betty', P1);
    await world.rests();
    s.civi.trashes(betty);
    await world.runs(2);
    assert.equal(s.member(P1), 'unsubscribed');
    s.civi.restores(betty);
    await world.rests();
    assert.deepEqual([s.member(P1), await s.failReason(P1)], ['unsubscribed', 'smart_group']);
    world.assertGroupsUntouched();
  });

  it('whoever comes back from the trash before CiviCRM searches anew is not taken for gone', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    const betty = world.rubble('Betty', P1);
    await world.rests();
    s.passes(SEARCHED_ANEW);
    await s.sync.run(); // CiviCRM has just searched
    s.civi.trashes(betty);
    s.civi.restores(betty);
    for (let look = 0; look < 3; look++) {
      s.passes(70);
      await s.sync.run();
      assert.equal(s.member(P1), 'subscribed');
    }
    await world.rests();
    assert.equal(s.member(P1), 'subscribed');
  });

  it('a contact that is merged into one whom the search does not find takes nobody along', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    const betty = world.rubble('Betty', P1);
    const other = world.flintstone('Betty', P2);
    await world.rests();
    s.civi.merges(other, betty);
    await world.runs(3);
    assert.equal(s.member(P1), 'unsubscribed');
    world.assertGroupsUntouched();
  });

  it('a search that was changed by mistake and finds nobody any more is held, and applied to nobody whom it finds again by the approval', async () => {
    const world = await SmartScenario.open((smart) => ({ subscriptionGroup: smart, limits: { people: 5, percent: 10 } }));
    const { s } = world;
    const people = Array.from({ length: 8 }, (_, number) => `rubble${number}@example.org`);
    for (const [number, address] of people.entries()) {
      if (number === 4) {
        await world.runs(1);
        s.passes(24 * 3600);
      }
      world.rubble('Betty', address);
    }
    await world.rests();
    const statuses = (): readonly string[] => people.map((address) => s.member(address));
    s.passes(24 * 3600);
    s.civi.acts.changeSearch(world.smart, [['last_name', '=', 'Nobody']]);
    await world.runs(2);
    assert.deepEqual((await heldIn(s)).summary.kinds, { unsubscribe: 8 });
    assert.deepEqual(statuses(), people.map(() => 'subscribed'));
    s.civi.acts.changeSearch(world.smart, [['last_name', '=', 'Rubble']]);
    s.passes(SEARCHED_ANEW);
    await approve(s);
    await s.batchesSettle();
    assert.deepEqual(statuses(), people.map(() => 'subscribed'), 'approved, but by then the search found them again');
    await world.rests();
    assert.deepEqual(statuses(), people.map(() => 'subscribed'));
  });

  it('an opt-out of somebody whom the search finds unsubscribes', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    const betty = world.rubble('Betty', P1);
    await world.rests();
    s.civi.acts.optOut(betty, { history: true });
    await world.rests();
    assert.equal(s.member(P1), 'unsubscribed');
  });

  it('disabled in the middle of a run, it unsubscribes nobody, and the next run is refused by name', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    for (const address of [P1, P2]) world.rubble('Betty', address);
    await world.rests();
    const id = await s.sync.begin('full');
    await s.sync.goOn(id, { before: 'reconcile' });
    s.civi.acts.setGroupActive(world.smart, false);
    await assert.rejects(s.sync.goOn(id), { code: 'group_missing' });
    s.person.unsubscribes(P2);
    await assert.rejects(s.webhooksArrive(), { code: 'group_missing' });
    s.passes(SEARCHED_ANEW);
    await assert.rejects(s.sync.handleInbox(), { code: 'group_missing' });
    await assert.rejects(s.sync.full(), { code: 'group_missing' });
    assert.deepEqual([s.member(P1), s.member(P2)], ['subscribed', 'unsubscribed']);
    s.civi.acts.setGroupActive(world.smart, true);
    await s.sync.handleInbox();
    assert.equal(await s.failReason(P2), 'smart_group', 'the webhook had waited');
    await world.rests();
    assert.equal(s.member(P1), 'subscribed');
  });

  it('two contacts with one address: found is found, whichever of them', async () => {
    const world = await SmartScenario.open();
    const { s } = world;
    const barney = world.rubble('Barney', P1);
    const wilma = world.flintstone('Wilma', P1);
    await world.rests();
    world.enters(wilma);
    world.leaves(barney);
    await world.rests();
    assert.equal(s.member(P1), 'subscribed');
    world.leaves(wilma);
    await world.runs(2);
    assert.equal(s.member(P1), 'unsubscribed');
  });
});

describe('a smart group as an interest group', () => {
  closeWorlds();

  it('new members get the interest of those whom the search finds; it follows the search, and the group is not written', async () => {
    const world = await SmartScenario.open(interest);
    const { s } = world;
    const betty = world.rubble('Betty', P1);
    const wilma = world.flintstone('Wilma', P2);
    for (const contact of [betty, wilma]) s.civi.adds(contact, GROUP);
    await world.rests();
    assert.deepEqual([hasInterest(s, P1), hasInterest(s, P2)], [true, false]);
    world.leaves(betty);
    await world.runs(2);
    assert.equal(hasInterest(s, P1), false);
    world.enters(betty);
    await world.runs(2);
    assert.equal(hasInterest(s, P1), true);
    world.assertGroupsUntouched();
  });

  it('an interest that the person took off stays off, and is reported', async () => {
    const world = await SmartScenario.open(interest);
    const { s } = world;
    s.civi.adds(world.rubble('Betty', P1), GROUP);
    await world.rests();
    s.person.unticks(P1);
    await world.rests();
    assert.deepEqual([s.member(P1), hasInterest(s, P1), await s.failReason(P1)], ['subscribed', false, 'smart_group']);
    world.assertGroupsUntouched();
  });

  it('an interest that the person chose stays on, and is reported', async () => {
    const world = await SmartScenario.open(interest);
    const { s } = world;
    s.civi.adds(world.flintstone('Wilma', P1), GROUP);
    await world.rests();
    s.person.ticks(P1);
    await world.rests();
    assert.deepEqual([hasInterest(s, P1), await s.failReason(P1)], [true, 'smart_group']);
    world.assertGroupsUntouched();
  });

  it('trustOverride "CiviCRM" lets the search decide the interest of members who were there before', async () => {
    const world = await SmartScenario.open((smart) => ({ ...interest(smart), trustOverride: { [INTEREST]: 'CiviCRM' } }));
    const { s } = world;
    s.person.subscribes(P1);
    s.passes(60);
    world.rubble('Betty', P1);
    await world.rests();
    assert.deepEqual([hasInterest(s, P1), await s.failReason(P1)], [true, null]);
  });
});
