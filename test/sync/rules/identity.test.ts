import assert from 'node:assert/strict';
import { closeWorlds } from '../../support/sync-world.ts';
import { BATCHED, P1, P2, P3, openScenario } from '../../support/scenario.ts';

/** algorithm.md, Addresses: which member is which. */
describe('rules: who is who', () => {
  closeWorlds();

  it('[contactid] a member that changed its address stays the same: no second contact, the old address stays', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.movesTo(P1, P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    assert.deepEqual(s.civi.addressesOf(wilma), [P1, P2]);
    assert.deepEqual([s.civi.ownersOf(P1), s.civi.ownersOf(P2)], [[wilma], [wilma]]);
  });

  it('[contactid] the same by webhook, whichever of upemail and profile comes first', async () => {
    for (const order of [[0, 1], [1, 0]]) {
      const s = await openScenario();
      const wilma = await s.joined();
      s.person.movesTo(P1, P2);
      const fired = s.firedWebhooks();
      await s.webhooksArrive(...order.map((at) => fired[at]!));
      s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
      assert.deepEqual(s.civi.ownersOf(P2), [wilma]);
      await s.comesToRest();
    }
  });

  it('[contactid] a contact that has the new address already gets no second e-mail', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.gives(wilma, P2);
    s.person.movesTo(P1, P2);
    await s.comesToRest();
    assert.deepEqual(s.civi.addressesOf(wilma), [P1, P2]);
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('[addrbase] a crash between taking the new address and giving it to the contact is no edit in CiviCRM', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.movesTo(P1, P2);
    await s.sync.stopsBefore('reconcile');
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    assert.deepEqual(s.civi.addressesOf(wilma), [P1, P2]);
  });

  it('[gonebyid] a late webhook for an address that the member has left does not make it gone', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.isCalled(P1, 'Willy');
    const [profile] = s.firedWebhooks();
    s.passes(5);
    s.person.movesTo(P1, P2);
    s.passes(5);
    await s.webhooksArrive(profile!);
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('[otherid] an address whose member is gone goes on with the new one, as at first sight', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const before = (await s.sync.row(P1)).memberContactId;
    s.civi.removes(wilma);
    s.passes(5);
    s.mailchimpAdmin.deletesForGood(P1);
    s.passes(5);
    s.person.subscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.notEqual((await s.sync.row(P1)).memberContactId, before);
    assert.equal((await s.sync.rows()).length, 1);
  });

  it('[otherid] an address whose member moved on is another’s: each has its own row', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.civi.edits(wilma, P1, P2);
    s.person.movesTo(P1, P2);
    s.passes(30);
    s.person.subscribes(P1, { mergeFields: { FNAME: 'Betty' } });
    await s.comesToRest();
    s.assertSides([P2, 'unsubscribed'], [wilma, 'Removed']);
    const [betty] = s.civi.ownersOf(P1);
    assert.notEqual(betty, wilma);
    s.assertSides([P1, 'subscribed'], [betty!, 'Added']);
    assert.equal((await s.sync.rows()).length, 2);
  });

  it('[hookid] [otherid] a subscribe at an address that a member has left is the next one’s, not its', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.civi.edits(wilma, P1, P2);
    s.person.movesTo(P1, P2);
    s.webhooksAreLost();
    s.passes(30);
    s.person.subscribes(P1, { mergeFields: { FNAME: 'Betty' } });
    await s.webhooksArrive();
    await s.comesToRest();
    s.assertSides([P2, 'unsubscribed'], [wilma, 'Removed']);
    const [betty] = s.civi.ownersOf(P1);
    s.assertSides([P1, 'subscribed'], [betty!, 'Added']);
  });

  it('[former] a late unsubscribe finds the row that had its address when it was fired', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.mailchimpAdmin.unsubscribes(P1);
    const [unsubscribe] = s.firedWebhooks();
    s.mailchimpAdmin.subscribes(P1); // in the same second: no look shows it
    const fired = s.now;
    s.passes(5);
    s.civi.edits(wilma, P1, P2);
    s.passes(5);
    await s.sync.run();
    assert.equal(s.member(P2), 'subscribed');
    s.passes(60);
    await s.webhooksArrive(unsubscribe!);
    assert.equal((await s.sync.row(P2)).memory.own?.since, fired);
    await s.comesToRest();
  });

  it('an address edited in CiviCRM renames the member, so that its history stays', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const before = s.memberRecord(P1)?.contactId;
    s.civi.edits(wilma, P1, P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    assert.deepEqual([s.memberRecord(P2)?.contactId, s.member(P1)], [before, 'none']);
  });

  it('onAddressChange "ignore" leaves the member where it is', async () => {
    const s = await openScenario({ list: { onAddressChange: 'ignore' } });
    const wilma = await s.joined();
    s.civi.edits(wilma, P1, P2);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(s.member(P2), 'none');
  });

  it('an address that is still one of the contact’s is left alone, whichever is primary', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.gives(wilma, P2, { primary: true, bulkmail: true });
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(s.member(P2), 'none');
  });

  it('addressFollows "best": the member follows the bulk-mail address, then the primary one', async () => {
    const s = await openScenario({ list: { addressFollows: 'best' } });
    const wilma = await s.joined();
    s.civi.gives(wilma, P2, { primary: true });
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    s.civi.gives(wilma, P3, { bulkmail: true });
    await s.comesToRest();
    s.assertSides([P3, 'subscribed'], [wilma, 'Added']);
  });

  it('a rename revives nobody', async () => {
    const s = await openScenario();
    const wilma = await s.left();
    s.civi.edits(wilma, P1, P2);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    assert.equal(s.member(P2), 'none');
  });

  it('[replace] an address taken by another member of the contact: the old row is unsubscribed', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.gives(wilma, P2);
    s.person.subscribes(P2);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.member(P2)], ['subscribed', 'subscribed']);
    s.civi.takesAway(wilma, P1);
    await s.comesToRest();
    assert.equal(s.member(P1), 'unsubscribed');
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('[replace] an address taken by a member that left: the old one stays and is reported', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.subscribes(P2);
    s.passes(5);
    s.person.unsubscribes(P2);
    s.civi.edits(wilma, P1, P2);
    await s.comesToRest();
    assert.equal(s.member(P2), 'unsubscribed');
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(await s.failReason(P1), 'address');
  });

  it('a new address that Mailchimp refuses is reported and not asked for again', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.edits(wilma, P1, 'wilma@example.com'); // a domain that Mailchimp calls fake
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(await s.failReason(P1), 'address');
    const asked = (await s.sync.updates()).filter((update) => update.kind === 'rename');
    assert.deepEqual(asked.map(({ state }) => state), ['failed']);
    s.civi.edits(wilma, 'wilma@example.com', P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('a move while our rename is on its way: the member ends where the person went', async () => {
    const s = await openScenario(BATCHED);
    const wilma = await s.joined();
    s.civi.edits(wilma, P1, P2);
    await s.sync.run();
    s.passes(5);
    s.person.movesTo(P1, P3);
    s.passes(5);
    await s.batchesSettle();
    await s.comesToRest();
    assert.equal(s.group(wilma), 'Added');
    const subscribed = [P1, P2, P3].filter((address) => s.member(address) === 'subscribed');
    assert.equal(subscribed.length, 1);
    assert.ok(s.civi.addressesOf(wilma).includes(subscribed[0]!));
  });
});
