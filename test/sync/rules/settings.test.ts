import assert from 'node:assert/strict';
import { INTEREST, INTEREST_GROUP, OTHER_GROUP, OTHER_LIST, closeWorlds } from '../../support/sync-world.ts';
import { P1, P2, openScenario } from '../../support/scenario.ts';

/** algorithm.md, "Whose word counts", Interests, Names and the settings that go with them, through all stages. */
describe('rules: overrides, ties, interests, names', () => {
  closeWorlds();

  it('trustOverride for the subscription names the side; taken off again, it undoes nothing', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.civi.adds(wilma);
    s.passes(30);
    s.mailchimpAdmin.unsubscribes(P1);
    s.sync.engine = await s.world.reopen({ trustOverride: { subscription: 'CiviCRM' } });
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    s.sync.engine = await s.world.reopen({});
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('trustOverride "Mailchimp" removes whom Mailchimp unsubscribed, however late CiviCRM spoke', async () => {
    const s = await openScenario({ list: { trustOverride: { subscription: 'Mailchimp' } } });
    const wilma = await s.joined();
    s.mailchimpAdmin.unsubscribes(P1);
    s.passes(60);
    s.civi.removes(wilma);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  for (const [onTie, member, group] of [
    ['mailsLess', 'unsubscribed', 'Removed'],
    ['latest', 'unsubscribed', 'Removed'],
    ['Mailchimp', 'unsubscribed', 'Removed'],
    ['CiviCRM', 'subscribed', 'Added'],
  ] as const)
    it(`onTie "${onTie}": unsubscribed and added again within a second or two: ${member}`, async () => {
      const s = await openScenario({ list: { onTie } });
      const wilma = await s.joined();
      s.civi.removes(wilma);
      s.civi.adds(wilma);
      s.passes(1);
      s.mailchimpAdmin.unsubscribes(P1);
      await s.comesToRest();
      s.assertSides([P1, member], [wilma, group]);
    });

  it('onRemove "archive" archives who was removed, and whoever is added again comes back', async () => {
    const s = await openScenario({ list: { onRemove: 'archive' } });
    const wilma = await s.joined();
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'archived'], [wilma, 'Removed']);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('an interest goes both ways, each by its own word', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.ticks(P1);
    await s.comesToRest();
    assert.equal(s.group(wilma, INTEREST_GROUP), 'Added');
    s.civi.removes(wilma, INTEREST_GROUP);
    await s.comesToRest();
    assert.deepEqual(s.memberRecord(P1)?.interests, []);
    s.civi.adds(wilma, INTEREST_GROUP);
    await s.comesToRest();
    assert.deepEqual(s.memberRecord(P1)?.interests, [INTEREST]);
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('an interest ticked and removed at the same moment is off', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.adds(wilma, INTEREST_GROUP);
    await s.comesToRest();
    s.person.unticks(P1);
    s.person.ticks(P1);
    s.civi.removes(wilma, INTEREST_GROUP);
    await s.comesToRest();
    assert.deepEqual([s.memberRecord(P1)?.interests, s.group(wilma, INTEREST_GROUP)], [[], 'Removed']);
  });

  it('interests of somebody who ends unsubscribed are left as they are on both sides', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.adds(wilma, INTEREST_GROUP);
    s.person.unsubscribes(P1);
    await s.comesToRest();
    assert.deepEqual([s.memberRecord(P1)?.interests, s.group(wilma, INTEREST_GROUP)], [[], 'Added']);
  });

  it('trustOverride for an interest names its side, and leaves the subscription alone', async () => {
    const s = await openScenario({ list: { trustOverride: { [INTEREST]: 'CiviCRM' } } });
    const wilma = await s.joined();
    s.civi.adds(wilma, INTEREST_GROUP);
    await s.comesToRest();
    s.person.unticks(P1);
    await s.comesToRest();
    assert.deepEqual([s.memberRecord(P1)?.interests, s.group(wilma, INTEREST_GROUP)], [[INTEREST], 'Added']);
    s.person.unsubscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('a cleaned address goes on hold once, and out of the group', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.mailchimpAdmin.cleans(P1);
    await s.comesToRest();
    s.assertSides([P1, 'cleaned'], [wilma, 'Removed']);
    assert.equal(s.civi.isOnHold(wilma, P1), true);
    s.civi.takesOffHold(wilma, P1);
    await s.comesToRest();
    assert.equal(s.civi.isOnHold(wilma, P1), false);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'cleaned'], [wilma, 'Added']);
    assert.equal(await s.failReason(P1), 'cleaned');
  });

  it('without a free address nobody is subscribed, until there is one', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.civi.putsOnHold(wilma, P1);
    await s.comesToRest();
    s.assertSides([P1, 'none'], [wilma, 'Added']);
    assert.equal((await s.sync.rowOf(wilma)).failReason, 'no_email');
    s.civi.gives(wilma, P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('the best address is the one for bulk mail, then the primary one', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1, P2);
    s.civi.makesBulkmail(wilma, P2);
    s.civi.adds(wilma);
    const betty = s.civi.creates('Betty', 'betty@example.org', 'old@example.org');
    s.civi.makesPrimary(betty, 'old@example.org');
    s.civi.adds(betty);
    await s.comesToRest();
    assert.deepEqual([P1, P2, 'betty@example.org', 'old@example.org'].map((address) => s.member(address)), ['none', 'subscribed', 'none', 'subscribed']);
  });

  it('two audiences do not touch each other', async () => {
    const s = await openScenario({ twoAudiences: true });
    const wilma = await s.joined();
    s.person.subscribes(P1, {}, OTHER_LIST);
    await s.comesToRest({ list: OTHER_LIST });
    assert.deepEqual([s.group(wilma), s.group(wilma, OTHER_GROUP)], ['Added', 'Added']);
    s.person.unsubscribes(P1, OTHER_LIST);
    await s.comesToRest({ list: OTHER_LIST });
    await s.comesToRest();
    assert.deepEqual([s.group(wilma), s.group(wilma, OTHER_GROUP)], ['Added', 'Removed']);
    assert.deepEqual([s.member(P1), s.member(P1, OTHER_LIST)], ['subscribed', 'unsubscribed']);
  });
});
