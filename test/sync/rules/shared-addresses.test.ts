import assert from 'node:assert/strict';
import { INTEREST, INTEREST_GROUP, closeWorlds } from '../../support/sync-world.ts';
import { BATCHED, P1, P2, P3, openScenario } from '../../support/scenario.ts';

/** algorithm.md, "Subscription, decided per cluster". */
describe('rules: several addresses, several contacts', () => {
  closeWorlds();

  it('[users] two contacts in the group at one address are both in step with its member', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    const betty = s.civi.creates('Betty', P1);
    s.civi.adds(betty);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(s.group(betty), 'Added');
    assert.equal((await s.sync.rows()).length, 1);
  });

  it('[users] an unsubscribe is a no for all who use the address; who has another subscribed row stays by that', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    const betty = await s.added('Betty', P2);
    s.civi.gives(betty, P1);
    await s.comesToRest();
    assert.equal(s.group(betty), 'Added');
    s.person.unsubscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    s.assertSides([P2, 'subscribed'], [betty, 'Added']);
  });

  it('[users] a row stays subscribed while one who keeps it is left', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    const betty = s.civi.creates('Betty', P1);
    s.civi.adds(betty);
    await s.comesToRest();
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [betty, 'Added']);
    assert.equal(s.group(wilma), 'Removed');
    s.civi.removes(betty);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [betty, 'Removed']);
  });

  it('[chosen] of contacts that were never in, a yes brings in one only: the lowest id', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    const betty = s.civi.creates('Betty', P1);
    s.person.subscribes(P1);
    await s.comesToRest();
    assert.deepEqual([s.group(wilma), s.group(betty)], ['Added', 'none']);
  });

  it('[chosen] of those who were in, a yes brings in the one who left last', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    const betty = s.civi.creates('Betty', P1);
    s.civi.adds(betty);
    await s.comesToRest();
    s.civi.removes(wilma);
    s.passes(20);
    s.civi.removes(betty);
    await s.comesToRest();
    assert.equal(s.member(P1), 'unsubscribed');
    s.person.subscribes(P1);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.group(wilma), s.group(betty)], ['subscribed', 'Removed', 'Added']);
  });

  it('[chosen] a yes of the time between two removals brings nobody in', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    const betty = s.civi.creates('Betty', P1);
    s.civi.adds(wilma);
    s.civi.adds(betty);
    s.passes(10);
    s.civi.removes(wilma);
    s.passes(10);
    s.person.subscribes(P1);
    s.passes(10);
    s.civi.removes(betty);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.group(wilma), s.group(betty)], ['unsubscribed', 'Removed', 'Removed']);
  });

  it('[unkept] a subscribed row that nobody keeps is unsubscribed', async () => {
    const s = await openScenario(BATCHED);
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    await s.sync.run();
    s.passes(5);
    s.civi.edits(wilma, P1, P2);
    const betty = s.civi.creates('Betty', P1);
    s.passes(5);
    await s.batchesSettle();
    assert.equal(s.member(P1), 'subscribed');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [betty, 'none']);
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('[perrow] a subscribe at the second address does not keep the first one, which a removal ended', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1, P2);
    s.civi.removes(wilma);
    s.passes(20);
    s.person.subscribes(P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    assert.equal(s.member(P1), 'unsubscribed');
  });

  it('[perrow] to subscribe again, an address whose own no stands is left out', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1, P2);
    s.person.subscribes(P2);
    await s.comesToRest();
    s.mailchimpAdmin.unsubscribes(P2);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(s.member(P2), 'unsubscribed');
    s.civi.removes(wilma);
    await s.comesToRest();
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(s.member(P2), 'unsubscribed');
  });

  it('[oneinterest] two subscribed addresses of a contact get the interest of the later word', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.gives(wilma, P2);
    s.person.subscribes(P2);
    await s.comesToRest();
    s.person.ticks(P1);
    await s.comesToRest();
    assert.deepEqual([s.memberRecord(P1)?.interests, s.memberRecord(P2)?.interests, s.group(wilma, INTEREST_GROUP)], [[INTEREST], [INTEREST], 'Added']);
    s.person.unticks(P2);
    await s.comesToRest();
    assert.deepEqual([s.memberRecord(P1)?.interests, s.memberRecord(P2)?.interests, s.group(wilma, INTEREST_GROUP)], [[], [], 'Removed']);
  });

  it('[pass] an address that goes over to another contact is subscribed for nobody any more', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.edits(wilma, P1, P2);
    const betty = s.civi.creates('Betty', P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [betty, 'none']);
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('[pass] the removal of the one who goes stays with the row: an older yes brings the next one in no more', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.passes(20);
    s.civi.takesAway(wilma, P1);
    const betty = s.civi.creates('Betty', P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [betty, 'none']);
    assert.equal(s.group(wilma), 'Removed');
  });

  it('[passread] before an address goes over, its member is read: who was deleted there goes out', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.mailchimpAdmin.deletesForGood(P1);
    s.passes(20);
    s.civi.gives(wilma, P3);
    s.civi.takesAway(wilma, P1);
    const betty = s.civi.creates('Betty', P1);
    await s.sync.run();
    await s.comesToRest();
    s.assertSides([P3, 'none'], [wilma, 'Removed']);
    s.assertSides([P1, 'none'], [betty, 'none']);
  });

  it('[along] who goes to another address takes the yes along, which brings in nobody who is left there', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const betty = s.civi.creates('Betty', P1);
    await s.comesToRest();
    assert.equal(s.group(betty), 'none');
    s.civi.edits(wilma, P1, P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    s.assertSides([P1, 'unsubscribed'], [betty, 'none']);
  });

  it('[noalong] who goes to another address takes a no along that was said before', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.unsubscribes(P1);
    s.passes(20);
    s.civi.edits(wilma, P1, P3);
    const betty = s.civi.creates('Betty', P1);
    await s.comesToRest();
    s.assertSides([P3, 'none'], [wilma, 'Removed']);
    s.assertSides([P1, 'unsubscribed'], [betty, 'none']);
  });

  it('[heard] a yes said anew at the old address means that a no came before it: the one who went takes that', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.unsubscribes(P1);
    s.passes(10);
    s.civi.edits(wilma, P1, P2);
    const betty = s.civi.creates('Betty', P1);
    s.passes(10);
    s.person.subscribes(P1);
    await s.comesToRest();
    s.assertSides([P2, 'none'], [wilma, 'Removed']);
    s.assertSides([P1, 'subscribed'], [betty, 'Added']);
  });

  it('two contacts that swap their addresses keep their subscriptions', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const betty = s.civi.creates('Betty', P2);
    await s.comesToRest();
    s.civi.edits(wilma, P1, P3);
    s.civi.edits(betty, P2, P1);
    s.civi.edits(wilma, P3, P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    s.assertSides([P1, 'unsubscribed'], [betty, 'none']);
  });

  it('two subscribed contacts that swap their addresses both stay subscribed', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    const betty = await s.joined(P2);
    s.civi.edits(wilma, P1, P3);
    s.civi.edits(betty, P2, P1);
    s.civi.edits(wilma, P3, P2);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
    s.assertSides([P1, 'subscribed'], [betty, 'Added']);
  });

  it('an address handed from one subscribed contact to another is kept by the taker; the giver is reported without one', async () => {
    const s = await openScenario();
    const wilma = await s.joined(P1);
    const betty = await s.joined(P2);
    s.civi.takesAway(wilma, P1);
    s.civi.gives(betty, P1);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [betty, 'Added']);
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal((await s.sync.row(P1)).contactId, betty);
    assert.equal((await s.sync.rowOf(wilma)).failReason, 'no_email');
  });

  it('the same address twice on a contact is one address', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1, P1);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    s.person.unsubscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    assert.equal((await s.sync.rows()).length, 1);
  });

  it('letters of either case are one address', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', 'WILMA@Example.org');
    s.person.subscribes('Wilma@example.ORG');
    await s.comesToRest();
    s.assertSides(['wilma@example.org', 'subscribed'], [wilma, 'Added']);
    assert.deepEqual(s.civi.ownersOf('wilma@example.org'), [wilma]);
    assert.equal((await s.sync.rows()).length, 1);
  });

  it('accents that the database equates are two addresses, with two contacts', async () => {
    const s = await openScenario();
    const plain = s.civi.creates('Rene', 'rene@example.org');
    s.person.subscribes('rené@example.org', { mergeFields: { FNAME: 'René' } });
    await s.comesToRest();
    assert.equal(s.group(plain), 'none');
    const [accented] = s.civi.ownersOf('rené@example.org');
    assert.notEqual(accented, undefined);
    s.assertSides(['rené@example.org', 'subscribed'], [accented!, 'Added']);
    s.civi.adds(plain);
    await s.comesToRest();
    assert.deepEqual([s.member('rene@example.org'), s.member('rené@example.org')], ['subscribed', 'subscribed']);
  });

  it('a space at the end makes an address that Mailchimp refuses; the contact is reported, nobody else touched', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const betty = s.civi.creates('Betty', `${P1} `);
    s.civi.adds(betty);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    const rows = await s.sync.rows();
    assert.deepEqual(rows.map((row) => row.syncStatus).toSorted(), ['fail', 'ok']);
    assert.equal(rows.find((row) => row.syncStatus === 'fail')?.contactId, betty);
  });

  it('several contacts with several addresses each: removing one leaves the others', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1, P2);
    const betty = s.civi.creates('Betty', P2, P3);
    s.civi.adds(betty);
    await s.comesToRest();
    const members = (): readonly string[] => [P1, P2, P3].map((address) => s.member(address));
    assert.deepEqual(members(), ['subscribed', 'subscribed', 'none']);
    s.civi.removes(wilma);
    await s.comesToRest();
    assert.deepEqual([s.group(wilma), s.group(betty)], ['Removed', 'Added']);
    assert.deepEqual(members(), ['unsubscribed', 'subscribed', 'none']);
  });

  it('names and interests of a shared member are those of the lowest id among the Added', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    const betty = s.civi.creates('Betty', P1);
    s.civi.adds(betty);
    await s.comesToRest({ withData: true });
    assert.equal(s.memberRecord(P1)?.mergeFields['FNAME'], 'Betty');
    s.civi.adds(wilma);
    s.passes(10);
    s.civi.renames(wilma, 'Wilma the elder');
    await s.comesToRest({ withData: true });
    assert.equal(s.memberRecord(P1)?.mergeFields['FNAME'], 'Wilma the elder');
    assert.equal(s.civi.firstNameOf(betty), 'Betty');
  });
});
