import assert from 'node:assert/strict';
import { INTEREST, INTEREST_GROUP, closeWorlds } from '../../support/sync-world.ts';
import { P1, P2, openScenario, type Scenario } from '../../support/scenario.ts';

interface Edit {
  readonly what: string;
  readonly act: (s: Scenario, wilma: number) => void;
  /** Both sides afterwards: the member's status at P1 and the contact's in the group. */
  readonly sides: readonly [member: string, group: string];
  readonly also?: (s: Scenario, wilma: number) => void;
}

const EDITS: readonly Edit[] = [
  { what: 'an unsubscribe', act: (s) => s.person.unsubscribes(P1), sides: ['unsubscribed', 'Removed'] },
  { what: 'an unsubscribe by an administrator', act: (s) => s.mailchimpAdmin.unsubscribes(P1), sides: ['unsubscribed', 'Removed'] },
  { what: 'an archiving', act: (s) => s.mailchimpAdmin.archives(P1), sides: ['archived', 'Removed'] },
  { what: 'a bounce', act: (s) => s.mailchimpAdmin.cleans(P1), sides: ['cleaned', 'Removed'], also: (s, wilma) => assert.ok(s.civi.isOnHold(wilma, P1)) },
  { what: 'an interest at Mailchimp', act: (s) => s.person.ticks(P1), sides: ['subscribed', 'Added'], also: (s, wilma) => assert.equal(s.group(wilma, INTEREST_GROUP), 'Added') },
  { what: 'a move at Mailchimp', act: (s) => s.person.movesTo(P1, P2), sides: ['none', 'Added'], also: (s, wilma) => assert.deepEqual(s.civi.addressesOf(wilma), [P1, P2]) },
  { what: 'a removal', act: (s, wilma) => s.civi.removes(wilma), sides: ['unsubscribed', 'Removed'] },
  { what: 'an interest in CiviCRM', act: (s, wilma) => s.civi.adds(wilma, INTEREST_GROUP), sides: ['subscribed', 'Added'], also: (s) => assert.deepEqual(s.memberRecord(P1)?.interests, [INTEREST]) },
  { what: 'an opt-out by the tick', act: (s, wilma) => s.civi.optsOut(wilma, 'tick'), sides: ['unsubscribed', 'Added'] },
  { what: 'an opt-out by the link', act: (s, wilma) => s.civi.optsOut(wilma, 'link'), sides: ['unsubscribed', 'Added'] },
  { what: 'a death', act: (s, wilma) => s.civi.acts.setFlag(wilma, 'is_deceased', true), sides: ['unsubscribed', 'Added'] },
  { what: 'the trash', act: (s, wilma) => s.civi.trashes(wilma), sides: ['unsubscribed', 'Added'], also: (s) => assert.deepEqual(s.civi.ownersOf(P1), []) },
  { what: 'an address edited', act: (s, wilma) => s.civi.edits(wilma, P1, P2), sides: ['none', 'Added'], also: (s) => assert.equal(s.member(P2), 'subscribed') },
  {
    what: 'an address replaced by another',
    act: (s, wilma) => {
      s.civi.gives(wilma, P2);
      s.civi.takesAway(wilma, P1);
    },
    sides: ['none', 'Added'],
    also: (s) => assert.equal(s.member(P2), 'subscribed'),
  },
  {
    what: 'a merge into another contact',
    act: (s, wilma) => s.civi.merges(s.civi.creates('Betty', P2), wilma),
    sides: ['subscribed', 'none'],
    also: (s) => assert.equal(s.group(s.civi.ownersOf(P1)[0]!), 'Added'),
  },
];

describe('rules: what an incremental run sees', () => {
  closeWorlds();

  for (const { what, act, sides, also } of EDITS)
    it(`${what}, without a webhook`, async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      act(s, wilma);
      s.webhooksAreLost();
      s.passes(30);
      await s.sync.run();
      s.assertSides([P1, sides[0]], [wilma, sides[1]]);
      also?.(s, wilma);
      await s.comesToRest();
      s.assertSides([P1, sides[0]], [wilma, sides[1]]);
      also?.(s, wilma);
    });

  it('a contact that is made and added, and a member that joins', async () => {
    const s = await openScenario();
    await s.joined();
    const betty = s.civi.creates('Betty', P2);
    s.civi.adds(betty);
    s.person.subscribes('p4@example.org');
    s.passes(30);
    await s.sync.run();
    s.assertSides([P2, 'subscribed'], [betty, 'Added']);
    const [joined] = s.civi.ownersOf('p4@example.org');
    s.assertSides(['p4@example.org', 'subscribed'], [joined!, 'Added']);
  });

  it('an opt-out taken back', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    s.civi.optsOut(wilma);
    s.passes(30);
    await s.sync.run();
    await s.sync.run();
    assert.equal(s.member(P1), 'unsubscribed');
    s.passes(30);
    s.civi.takesBackOptOut(wilma);
    s.passes(30);
    await s.sync.run();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('not who was deleted for good on either side, nor what was written past the API: the nightly full run does', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    const betty = await s.joined(P2);
    const pebbles = await s.joined('p4@example.org');
    s.mailchimpAdmin.deletesForGood(P1);
    s.civi.deletesForGood(betty);
    s.civi.writesBySql(pebbles, 'Removed');
    s.passes(30);
    await s.sync.run();
    assert.deepEqual([s.group(wilma), s.member(P2), s.member('p4@example.org')], ['Added', 'subscribed', 'subscribed']);
    await s.sync.full();
    assert.deepEqual([s.group(wilma), s.member(P2), s.member('p4@example.org')], ['Removed', 'unsubscribed', 'unsubscribed']);
  });
});
