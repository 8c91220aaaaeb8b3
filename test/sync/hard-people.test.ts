import assert from 'node:assert/strict';
import { subscriberHash } from '../../src/simulator/mailchimp/address.ts';
import type { ImportedMember } from '../../src/simulator/mailchimp/member-import.ts';
import { changesContact, DATA, mergeFieldAt } from '../support/data-scenario.ts';
import { BATCHED, openScenario, P1, P2, P3, type Scenario } from '../support/scenario.ts';
import { closeWorlds, LIST } from '../support/sync-world.ts';

/** A member who is there already, from before the sync. */
const isThere = (s: Scenario, member: ImportedMember): void => s.world.mailchimp.importMembers(LIST, [member]);

describe('hard people', () => {
  closeWorlds();

  for (const flag of ['do_not_email', 'is_deceased'] as const) {
    it(`${flag} is not subscribed, whoever adds the contact; taken back, it is`, async () => {
      const s = await openScenario();
      const wilma = s.civi.creates('Wilma', P1);
      s.civi.acts.setFlag(wilma, flag, true);
      s.civi.adds(wilma);
      await s.comesToRest();
      s.assertSides([P1, 'none'], [wilma, 'Added']);
      s.civi.acts.setFlag(wilma, flag, false);
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    });

    it(`${flag} is subscribed with optOut "ignore"`, async () => {
      const s = await openScenario({ list: { optOut: 'ignore' } });
      const wilma = s.civi.creates('Wilma', P1);
      s.civi.acts.setFlag(wilma, flag, true);
      s.civi.adds(wilma);
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    });
  }

  it('an address on hold is not subscribed again, and is once it is off hold', async () => {
    const s = await openScenario();
    const wilma = await s.left(P1);
    s.civi.putsOnHold(wilma, P1);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Added']);
    assert.equal(await s.failReason(P1), 'on_hold');
    s.civi.takesOffHold(wilma, P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('an address put on hold in CiviCRM unsubscribes nobody: the group is the word', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    s.civi.putsOnHold(wilma, P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('a contact without any address stays in the group, reported, until it gets one', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma');
    s.civi.adds(wilma);
    await s.comesToRest();
    assert.deepEqual([s.group(wilma), (await s.sync.rowOf(wilma)).failReason], ['Added', 'no_email']);
    s.civi.gives(wilma, P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('contacts whose e-mail has no address have none, and nothing to do with each other', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', '', P1);
    const betty = s.civi.creates('Betty', '');
    for (const contact of [wilma, betty]) s.civi.adds(contact);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal((await s.sync.rowOf(betty)).failReason, 'no_email');
  });

  it('a cleaned member whose contact is added again is not asked for, until the person subscribes anew', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    s.mailchimpAdmin.cleans(P1);
    await s.comesToRest();
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'cleaned'], [wilma, 'Added']);
    assert.equal(await s.failReason(P1), 'cleaned');
    s.person.subscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(await s.failReason(P1), null);
  });

  it('a cleaned member whose contact gets another address in its place is subscribed there', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    s.mailchimpAdmin.cleans(P1);
    await s.comesToRest();
    s.civi.edits(wilma, P1, P2);
    s.civi.takesOffHold(wilma, P2);
    await s.comesToRest();
    assert.equal(s.member(P2), 'none', 'the correction alone subscribes nobody');
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    assert.equal(s.member(P1), 'cleaned');
  });

  it('a cleaned member whose contact was added before gets another address: subscribed there', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    s.mailchimpAdmin.cleans(P1);
    await s.comesToRest();
    s.civi.adds(wilma);
    await s.comesToRest();
    s.civi.edits(wilma, P1, P2); // stays on hold
    await s.comesToRest();
    assert.equal(await s.failReason(P1), 'cleaned');
    s.civi.takesOffHold(wilma, P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    assert.deepEqual([s.member(P1), await s.failReason(P1)], ['cleaned', null]);
  });

  it('double opt-in: the new member is asked, stays in the group meanwhile, and confirms', async () => {
    const s = await openScenario({ list: { newMemberStatus: 'pending' } });
    const wilma = await s.added('Wilma', P1);
    s.assertSides([P1, 'pending'], [wilma, 'Added']);
    s.person.confirms(P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('double opt-in: who was deleted for good at Mailchimp and is added with another address is asked like anybody new', async () => {
    const s = await openScenario({ list: { newMemberStatus: 'pending' } });
    const wilma = await s.joined(P1);
    s.mailchimpAdmin.deletesForGood(P1);
    await s.comesToRest();
    s.civi.edits(wilma, P1, P2);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P2, 'pending'], [wilma, 'Added']);
  });

  it('double opt-in: whose address is edited before the confirmation is reported, and moves to the new one once confirmed', async () => {
    const s = await openScenario({ list: { newMemberStatus: 'pending' } });
    const wilma = await s.added('Wilma', P1);
    s.civi.edits(wilma, P1, P2);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'Added']);
    assert.equal(await s.failReason(P1), 'address');
    assert.equal((await s.sync.updates()).length, 1, 'a rename was asked that Mailchimp cannot but refuse');
    s.person.confirms(P1);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    assert.equal(await s.failReason(P2), null);
  });

  it('double opt-in and onRemove "archive": who is removed before the confirmation is unsubscribed, since Mailchimp archives no pending', async () => {
    const s = await openScenario({ list: { newMemberStatus: 'pending', onRemove: 'archive' } });
    const wilma = await s.added('Wilma', P1);
    s.assertSides([P1, 'pending'], [wilma, 'Added']);
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('who left by themselves, was added and asked to confirm, and is removed before that: asked no more', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    s.person.unsubscribes(P1);
    await s.comesToRest();
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'Added']);
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  for (const order of ['edited, then added', 'added, then edited'] as const)
    it(`who left by themselves, and whose address is ${order}: nothing is asked at the old address; subscribed at the new one`, async () => {
      const s = await openScenario();
      const wilma = await s.joined(P1);
      s.person.unsubscribes(P1);
      await s.comesToRest();
      const acts = [() => s.civi.edits(wilma, P1, P2), () => s.civi.adds(wilma)];
      for (const act of order === 'edited, then added' ? acts : acts.toReversed()) {
        act();
        s.passes(10);
      }
      await s.comesToRest();
      s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
      assert.equal(s.member(P1), 'unsubscribed');
      assert.ok((await s.sync.updates()).every((update) => update.side === 'civicrm' || update.email === P2));
    });

  it('who left by themselves and was added, and whose address is edited once Mailchimp has refused: asked to confirm at the new one only', async () => {
    const s = await openScenario(BATCHED);
    const wilma = await s.joined(P1);
    s.person.unsubscribes(P1);
    await s.comesToRest();
    s.civi.adds(wilma);
    s.passes(10);
    await s.sync.run();
    await s.batchesSettle();
    s.civi.edits(wilma, P1, P2);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.member(P2), s.group(wilma)], ['unsubscribed', 'pending', 'Added']);
  });

  it('who left by themselves, was added and asked to confirm, and whose address is edited then: reported, nothing more is sent', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    s.person.unsubscribes(P1);
    await s.comesToRest();
    s.civi.adds(wilma);
    await s.comesToRest();
    const before = (await s.sync.updates()).length;
    s.civi.edits(wilma, P1, P2);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'Added']);
    assert.deepEqual([await s.failReason(P1), (await s.sync.updates()).length], ['address', before]);
    s.person.confirms(P1);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  for (const left of ['by themselves', 'by an administrator'] as const)
    it(`who left ${left}, whose address is deleted in CiviCRM, and who is added: nothing is asked`, async () => {
      const s = await openScenario();
      const wilma = await s.joined(P1);
      if (left === 'by themselves') s.person.unsubscribes(P1);
      else s.mailchimpAdmin.unsubscribes(P1);
      await s.comesToRest();
      const before = (await s.sync.updates()).length;
      s.civi.takesAway(wilma, P1);
      s.civi.adds(wilma);
      await s.comesToRest();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Added']);
      assert.deepEqual([await s.failReason(P1), (await s.sync.updates()).length], ['no_email', before]);
    });

  for (const how of ['deleted', 'put on hold and edited'] as const)
    it(`a subscribed member whose contact's only address is ${how}: left subscribed and reported, until the contact has a free address`, async () => {
      const s = await openScenario();
      const wilma = await s.joined(P1);
      if (how === 'deleted') s.civi.takesAway(wilma, P1);
      else {
        s.civi.putsOnHold(wilma, P1);
        s.civi.edits(wilma, P1, P3);
      }
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
      assert.equal(await s.failReason(P1), 'address');
      s.civi.gives(wilma, P2);
      await s.comesToRest();
      s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
      assert.equal(await s.failReason(P2), null);
    });

  it('who was opted out and subscribed at Mailchimp is marked no more once the person leaves', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    s.civi.optsOut(wilma, 'link');
    await s.comesToRest();
    s.person.subscribes(P1);
    await s.comesToRest();
    s.person.unsubscribes(P1);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), await s.failReason(P1)], ['unsubscribed', null]);
  });

  it('archived at Mailchimp goes out of the group, and comes back when the contact is added again', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    s.mailchimpAdmin.archives(P1);
    await s.comesToRest();
    s.assertSides([P1, 'archived'], [wilma, 'Removed']);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('a transactional member is no subscriber: no contact is made, and nothing is sent', async () => {
    const s = await openScenario();
    isThere(s, { email: P1, status: 'transactional' });
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.civi.ownersOf(P1), s.sync.writes], ['transactional', [], 0]);
  });

  it('a transactional member whose contact is added later is subscribed', async () => {
    const s = await openScenario();
    isThere(s, { email: P1, status: 'transactional' });
    const wilma = s.civi.creates('Wilma', P1);
    await s.comesToRest();
    s.assertSides([P1, 'transactional'], [wilma, 'none']);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('a member known by phone only is counted and left alone on both sides', async () => {
    const s = await openScenario();
    isThere(s, { email: '', id: '', status: 'subscribed', smsPhoneNumber: '+441632960001', smsStatus: 'subscribed' });
    const contacts = s.world.civicrm.tables.contact.size;
    const counts = await s.sync.full();
    await s.comesToRest();
    assert.equal(counts.fetch?.['withoutEmail'], 1);
    assert.deepEqual([s.member(''), await s.sync.rows(), s.world.civicrm.tables.contact.size - contacts, s.sync.writes], ['subscribed', [], 0, 0]);
  });

  it('a member of an old list, whose id is of the mixed-case address, is unsubscribed and subscribed like any other', async () => {
    const s = await openScenario();
    isThere(s, { email: 'Wilma@Example.ORG', status: 'subscribed', mixedCaseId: true });
    const wilma = s.civi.creates('Wilma', 'wilma@example.org');
    await s.comesToRest();
    s.assertSides(['wilma@example.org', 'subscribed'], [wilma, 'Added']);
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides(['wilma@example.org', 'unsubscribed'], [wilma, 'Removed']);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides(['wilma@example.org', 'subscribed'], [wilma, 'Added']);
    assert.notEqual(s.memberRecord('wilma@example.org')?.id, subscriberHash('wilma@example.org'), 'a second member was made');
  });

  for (const [what, name] of [
    ['64 characters', 'x'.repeat(64)],
    ['<', 'Ann <the first>'],
    ['quotes', `Seán "Sonny" O'Hara`],
    ['emoji', 'Zoë 👩‍🚒🎉'],
  ] as const) {
    it(`a name with ${what} goes to Mailchimp as it is, with a new member and when it is edited`, async () => {
      const s = await openScenario();
      const wilma = s.civi.creates('Wilma', P1);
      await changesContact(s, wilma, { first_name: name });
      s.civi.adds(wilma);
      await s.comesToRest(DATA);
      assert.equal(mergeFieldAt(s, P1, 'FNAME'), name);
      const stored = s.civi.firstNameOf(wilma);
      s.civi.renames(wilma, 'Betty');
      await s.comesToRest(DATA);
      await changesContact(s, wilma, { first_name: name });
      await s.comesToRest(DATA);
      assert.deepEqual([mergeFieldAt(s, P1, 'FNAME'), s.civi.firstNameOf(wilma)], [name, stored]);
    });

    it(`a name with ${what} goes to CiviCRM as it is, with a new contact and when it is edited`, async () => {
      const s = await openScenario();
      s.person.subscribes(P1, { mergeFields: { FNAME: name } });
      await s.comesToRest(DATA);
      const [wilma] = s.civi.ownersOf(P1);
      const stored = name.replaceAll('<', '&lt;').replaceAll('>', '&gt;'); // as CiviCRM keeps it
      assert.equal(s.civi.firstNameOf(wilma!), stored);
      s.person.isCalled(P1, 'Betty');
      await s.comesToRest(DATA);
      s.person.isCalled(P1, name);
      await s.comesToRest(DATA);
      assert.deepEqual([mergeFieldAt(s, P1, 'FNAME'), s.civi.firstNameOf(wilma!)], [name, stored]);
    });
  }

  it('a name longer than CiviCRM holds makes a contact with as much of it as fits, and stays whole at Mailchimp', async () => {
    const s = await openScenario();
    s.person.subscribes(P1, { mergeFields: { FNAME: 'y'.repeat(80) } });
    await s.comesToRest(DATA);
    const [wilma] = s.civi.ownersOf(P1);
    assert.deepEqual([mergeFieldAt(s, P1, 'FNAME'), s.civi.firstNameOf(wilma!)], ['y'.repeat(80), 'y'.repeat(64)]);
  });

  for (const address of ['zoë@müller.example.org', 'почта@пример.рф', '用户@例子.公司', '🎉party@example.org']) {
    it(`the address ${address} goes to Mailchimp and comes back`, async () => {
      const s = await openScenario();
      const wilma = await s.added('Wilma', address);
      s.assertSides([address, 'subscribed'], [wilma, 'Added']);
      s.person.unsubscribes(address);
      await s.comesToRest();
      s.assertSides([address, 'unsubscribed'], [wilma, 'Removed']);
    });

    it(`the address ${address} goes to CiviCRM and comes back`, async () => {
      const s = await openScenario();
      const wilma = await s.joined(address);
      s.assertSides([address, 'subscribed'], [wilma, 'Added']);
      s.civi.removes(wilma);
      await s.comesToRest();
      s.assertSides([address, 'unsubscribed'], [wilma, 'Removed']);
    });
  }

  it('pendingCounts: pending never confirmed is subscribed on both sides for months, until the contact is removed', async () => {
    const s = await openScenario({ list: { pendingCounts: true } });
    s.person.signsUp(P1);
    await s.comesToRest();
    const [wilma] = s.civi.ownersOf(P1);
    s.passes(90 * 24 * 3600);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma!, 'Added']);
    s.civi.removes(wilma!);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma!, 'Removed']);
  });

  it('pending never confirmed stays as it is on both sides for months', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.person.signsUp(P1);
    s.person.signsUp(P2);
    await s.comesToRest();
    s.passes(90 * 24 * 3600);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'none']);
    assert.deepEqual([s.member(P2), s.civi.ownersOf(P2)], ['pending', []]);
  });
});
