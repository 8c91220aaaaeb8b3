import assert from 'node:assert/strict';
import { GROUP, closeWorlds } from '../../support/sync-world.ts';
import { P1, openScenario } from '../../support/scenario.ts';

/** algorithm.md, "When a word was said". */
describe('rules: when a word was said', () => {
  closeWorlds();

  it('[tolerance] an add two seconds after an unsubscribe at the other service is not surely later', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.mailchimpAdmin.unsubscribes(P1);
    s.passes(2);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[tolerance] an add three seconds after it is', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.mailchimpAdmin.unsubscribes(P1);
    s.passes(3);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('[tolerance] an add stamped by a clock a second fast does not outdo an unsubscribe of the same moment', async () => {
    const s = await openScenario({ civicrmAhead: 1000 });
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.civi.adds(wilma);
    s.person.unsubscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[tolerance] a clock that is minutes off is corrected', async () => {
    const s = await openScenario({ civicrmAhead: 300_000 });
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.civi.adds(wilma);
    s.passes(60);
    s.mailchimpAdmin.unsubscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[ranges] a subscribe of unknown time is not dated by a later edit of the name', async () => {
    const s = await openScenario();
    const wilma = await s.left();
    s.mailchimpAdmin.subscribes(P1);
    s.passes(10);
    s.civi.adds(wilma);
    s.civi.removes(wilma);
    s.passes(10);
    s.person.isCalled(P1, 'Willy');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[ranges] a yes that may have been said before a webhook’s no does not outdo it', async () => {
    const s = await openScenario();
    const wilma = await s.left();
    s.mailchimpAdmin.subscribes(P1);
    s.passes(10);
    s.mailchimpAdmin.unsubscribes(P1);
    const [, unsubscribe] = s.firedWebhooks();
    s.passes(10);
    s.mailchimpAdmin.subscribes(P1); // an administrator's click, which moves no opt-in
    s.passes(10);
    const id = await s.sync.begin();
    await s.sync.stage('fetch', id);
    assert.equal((await s.sync.row(P1)).memory.status?.value, true);
    await s.webhooksArrive(unsubscribe!);
    await s.sync.goOn(id);
    // In doubt the no counts; the look that follows shows that it was not the last.
    assert.deepEqual((await s.sync.row(P1)).memory.own?.since, s.now - 20_000);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('[byid] of several changes of a group within a second the last by id counts', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    s.civi.removes(wilma);
    s.civi.adds(wilma);
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[hookwords] a webhook says when: a subscribe at Mailchimp outdoes an earlier removal', async () => {
    const s = await openScenario();
    const wilma = await s.left();
    s.civi.adds(wilma);
    s.civi.removes(wilma);
    s.passes(10);
    s.mailchimpAdmin.subscribes(P1);
    await s.webhooksArrive();
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('[hookwords] without the webhook the same subscribe is of unknown time, and the removal stands', async () => {
    const s = await openScenario();
    const wilma = await s.left();
    s.civi.adds(wilma);
    s.civi.removes(wilma);
    s.passes(10);
    s.mailchimpAdmin.subscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[narrow] a webhook that says what was read already narrows its range down', async () => {
    const s = await openScenario();
    const wilma = await s.left();
    s.civi.adds(wilma);
    s.civi.removes(wilma);
    s.passes(10);
    s.mailchimpAdmin.subscribes(P1);
    s.passes(5);
    s.person.isCalled(P1, 'Willy');
    const [subscribe] = s.firedWebhooks();
    const id = await s.sync.begin();
    await s.sync.stage('fetch', id);
    const read = (await s.sync.row(P1)).memory.status;
    assert.ok(read && read.since < read.at);
    await s.webhooksArrive(subscribe!);
    const narrowed = (await s.sync.row(P1)).memory.status;
    assert.ok(narrowed && narrowed.since > read.since && narrowed.at === read.at);
    await s.sync.goOn(id);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('[optin] an opt-in between two looks is a new yes, although the value looks unchanged', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.passes(10);
    s.person.unsubscribes(P1);
    s.passes(10);
    s.person.subscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('[again] a no seen again with a later change may have been said again', async () => {
    const s = await openScenario();
    const wilma = await s.left();
    s.mailchimpAdmin.subscribes(P1);
    s.passes(10);
    s.civi.adds(wilma);
    s.passes(10);
    s.mailchimpAdmin.unsubscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[firstsight] of a yes seen first, the opt-in counts, not the edit of the profile after it', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.passes(60);
    s.person.subscribes(P1);
    s.passes(10);
    s.civi.removes(wilma);
    s.passes(10);
    s.person.isCalled(P1, 'Willy');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[firstsight] a no seen first was said when the member was last changed', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.person.subscribes(P1);
    s.passes(60);
    s.civi.adds(wilma);
    s.passes(60);
    s.mailchimpAdmin.unsubscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[explain] a state that nobody explains is a later word than the one known', async () => {
    const s = await openScenario();
    const wilma = await s.left();
    s.mailchimpAdmin.subscribes(P1);
    s.mailchimpAdmin.archives(P1);
    const [subscribe] = s.firedWebhooks();
    await s.webhooksArrive(subscribe!);
    await s.comesToRest();
    s.assertSides([P1, 'archived'], [wilma, 'Removed']);
  });

  it('[samesecond] who leaves within the second in which she was seen subscribed is noticed', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    await s.sync.run();
    s.person.unsubscribes(P1);
    const [wilma] = s.civi.ownersOf(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma!, 'Removed']);
  });

  it('[merge] what a merge left in the group is nobody’s word: the histories of both decide', async () => {
    const s = await openScenario();
    const betty = s.civi.creates('Betty');
    s.civi.adds(betty);
    s.passes(10);
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.passes(10);
    s.civi.merges(wilma, betty);
    assert.equal(s.group(wilma), 'Added');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('a status written past the API was said between the last look and now', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.writesBySql(wilma, 'Removed');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    s.civi.writesBySql(wilma, 'Added');
    s.passes(5);
    s.mailchimpAdmin.subscribes(P1);
    s.mailchimpAdmin.unsubscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('gone at Mailchimp: whoever was deleted there for good goes out of the group', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.mailchimpAdmin.deletesForGood(P1);
    await s.comesToRest();
    s.assertSides([P1, 'none'], [wilma, 'Removed']);
  });

  it('an edit of the name after a removal in CiviCRM does not bring anybody back', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.passes(10);
    s.person.isCalled(P1, 'Willy');
    await s.comesToRest({ withData: true });
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[overlap] a history row that becomes visible late is read all the same', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    const betty = await s.added('Betty', 'betty@example.org');
    const transaction = s.civi.acts.begin(wilma, GROUP, 'Removed');
    s.civi.removes(betty);
    s.passes(5);
    await s.sync.run();
    assert.equal(s.member('betty@example.org'), 'unsubscribed');
    s.passes(60);
    s.civi.acts.commit(transaction);
    s.passes(5);
    await s.sync.run();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });
});
