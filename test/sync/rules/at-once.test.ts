import assert from 'node:assert/strict';
import { INTEREST, INTEREST_GROUP, closeWorlds } from '../../support/sync-world.ts';
import { BATCHED, P1, P2, openScenario } from '../../support/scenario.ts';

/** architecture.md: row versions and claims. Runs, webhooks and batch results meet on one row. */
describe('rules: at the same moment', () => {
  closeWorlds();

  it('[row versions] a run, a webhook and a batch result on one row: the unsubscribe stands', async () => {
    const s = await openScenario(BATCHED);
    const wilma = await s.joined();
    s.civi.adds(wilma, INTEREST_GROUP);
    await s.sync.run();
    s.passes(5);
    await s.batchesRun();
    s.person.unsubscribes(P1);
    await s.world.mailchimp.webhooks.deliver(s.firedWebhooks()[0]!);
    await Promise.all([s.sync.full(), s.sync.handleInbox(), s.sync.handleBatches()]);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    assert.ok((await s.sync.updates()).every(({ state }) => ['done', 'superseded', 'aborted'].includes(state)));
  });

  it('[row versions] a run and a webhook that both decide to subscribe send it once', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.person.subscribes(P1);
    s.passes(5);
    await s.world.mailchimp.webhooks.deliver(s.firedWebhooks()[0]!);
    await Promise.all([s.sync.run(), s.sync.handleInbox()]);
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    const added = [...s.world.civicrm.tables.subscriptionHistory.all()].filter((row) => row.contact_id === wilma);
    assert.equal(added.length, 1);
    await s.comesToRest();
  });

  it('[row versions] two handlers of the same inbox handle each webhook to the same end', async () => {
    const s = await openScenario();
    s.person.subscribes(P1, { interests: [INTEREST] });
    s.person.subscribes(P2);
    for (const id of s.firedWebhooks()) await s.world.mailchimp.webhooks.deliver(id);
    await Promise.all([s.sync.handleInbox(), s.sync.handleInbox()]);
    for (const address of [P1, P2]) {
      const owners = s.civi.ownersOf(address);
      assert.equal(owners.length, 1);
      s.assertSides([address, 'subscribed'], [owners[0]!, 'Added']);
    }
    await s.comesToRest();
    assert.equal(s.group(s.civi.ownersOf(P1)[0]!, INTEREST_GROUP), 'Added');
  });

  it('[row versions] an act between the decision and the write makes the row be decided anew', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.mailchimpAdmin.unsubscribes(P1);
    s.passes(5);
    const id = await s.sync.begin();
    await s.sync.goOn(id, { before: 'reconcile' });
    s.justBefore(/GroupContact\/save/, () => assert.fail('the group was as decided already'));
    s.justBefore(/GroupContact\/get/, () => undefined);
    s.justBefore(/GroupContact\/get/, () => s.civi.removes(wilma));
    await s.sync.goOn(id);
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    assert.deepEqual((await s.sync.updates()).map(({ kind, state }) => [kind, state]).at(-1), ['remove', 'superseded']);
  });

  it('[creation claim] a run and a webhook that both meet a new person make one contact', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    await s.world.mailchimp.webhooks.deliver(s.firedWebhooks()[0]!);
    await Promise.all([s.sync.run(), s.sync.handleInbox()]);
    await s.comesToRest();
    assert.equal(s.civi.ownersOf(P1).length, 1);
    s.assertSides([P1, 'subscribed'], [s.civi.ownersOf(P1)[0]!, 'Added']);
  });
});
