import assert from 'node:assert/strict';
import { openScenario, P1, P2, P3, type Scenario } from '../support/scenario.ts';
import { closeWorlds, GROUP, INTEREST } from '../support/sync-world.ts';
import type { JsonObject } from '../../src/simulator/simulator-settings.ts';

/** The search of the group: members of the Rubble family. */
const RUBBLES = [['last_name', '=', 'Rubble']];
/** CiviCRM searches anew when what it found is older than five minutes. */
const SEARCHED_ANEW = 6 * 60;

const interest = (smart: string): JsonObject => ({ interests: { [INTEREST]: smart } });
const hasInterest = (s: Scenario, address: string): boolean | undefined => s.memberRecord(address)?.interests.includes(INTEREST);

/** A world whose audience (or interest) is bound to a smart group. */
class SmartScenario {
  readonly s: Scenario;
  readonly smart: number;

  private constructor(s: Scenario, smart: number) {
    this.s = s;
    this.smart = smart;
  }

  static async open(binding: (smart: string) => JsonObject = (smart) => ({ subscriptionGroup: smart })): Promise<SmartScenario> {
    const s = await openScenario();
    const smart = s.civi.acts.createGroup({ title: 'Rubbles', search: RUBBLES });
    s.sync.engine = await s.world.reopen(binding(String(smart)));
    return new SmartScenario(s, smart);
  }

  /** A contact that the search finds. */
  rubble(firstName: string, email: string): number {
    return this.s.civi.acts.createContact({ firstName, lastName: 'Rubble', email });
  }

  /** A contact that the search does not find. */
  flintstone(firstName: string, email: string): number {
    return this.s.civi.creates(firstName, email);
  }

  enters(contact: number): void {
    this.s.civi.acts.rename(contact, { lastName: 'Rubble' });
  }

  leaves(contact: number): void {
    this.s.civi.acts.rename(contact, { lastName: 'Slate' });
  }

  /** Incremental runs, so far apart that CiviCRM searches anew in between. */
  async runs(times: number): Promise<void> {
    for (let run = 0; run < times; run++) {
      this.s.passes(SEARCHED_ANEW);
      await this.s.sync.run();
      this.s.passes(5);
      await this.s.batchesSettle();
    }
  }

  async rests(): Promise<void> {
    this.s.passes(SEARCHED_ANEW);
    await this.s.comesToRest();
  }

  /** The sync has written nothing to any group. */
  assertGroupsUntouched(): void {
    assert.deepEqual([...this.s.world.civicrm.tables.groupContact.all()].filter((row) => row.group_id === this.smart), []);
    const ours = [...this.s.world.civicrm.tables.subscriptionHistory.all()].filter((row) => row.tracking?.startsWith('mailchimpsync:'));
    assert.deepEqual(ours, []);
  }
}

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
