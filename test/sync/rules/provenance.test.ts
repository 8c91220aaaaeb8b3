import assert from 'node:assert/strict';
import { HOUR } from '../../../src/base/clock.ts';
import { INTEREST, INTEREST_GROUP, LIST, closeWorlds } from '../../support/sync-world.ts';
import { BATCHED, P1, P2, openScenario, type Scenario } from '../../support/scenario.ts';

/** Every operation that went to Mailchimp in a batch, by its place. */
const operationsOf = (s: Scenario): readonly { readonly method: string; readonly body: Readonly<Record<string, unknown>> }[] =>
  s.world.mailchimp.batches.all().flatMap((batch) => batch.operations.map(({ method, body }) => ({ method, body: JSON.parse(body || '{}') as Record<string, unknown> })));

/** A contact is added, our subscribe of it is on its way in a batch, and a few seconds pass. */
async function subscribing(): Promise<{ readonly s: Scenario; readonly wilma: number }> {
  const s = await openScenario(BATCHED);
  const wilma = s.civi.creates('Wilma', P1);
  s.civi.adds(wilma);
  s.passes(5);
  await s.sync.run();
  assert.equal(s.world.mailchimp.batches.unfinished().length, 1);
  s.passes(5);
  return { s, wilma };
}

/** algorithm.md, "Provenance: the sync's own writes are nobody's word". */
describe('rules: provenance', () => {
  closeWorlds();

  it('[provenance] our own subscribe, done after a removal, is no later yes', async () => {
    const { s, wilma } = await subscribing();
    s.civi.removes(wilma);
    s.passes(5);
    await s.batchesSettle();
    assert.equal(s.member(P1), 'subscribed');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[provenance] our own "Added", written after an unsubscribe, is no later yes', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.person.subscribes(P1);
    s.passes(30);
    s.justBefore(/GroupContact\/save/, () => {
      s.mailchimpAdmin.unsubscribes(P1);
      s.passes(10);
    });
    await s.sync.run();
    assert.equal(s.group(wilma), 'Added');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[words] a removal that our "Added" overran by a moment still wins', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.person.subscribes(P1);
    s.passes(30);
    s.justBefore(/GroupContact\/save/, () => {
      s.civi.adds(wilma);
      s.civi.removes(wilma);
      s.passes(1);
    });
    await s.sync.run();
    assert.equal(s.group(wilma), 'Added');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[ownword] a yes relayed for one contact brings in no other that gets the address', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1, P2);
    const betty = s.civi.creates('Betty', P1);
    s.civi.takesAway(wilma, P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [betty, 'none']);
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('[claimaddr] a new member that our subscribe made is known as ours by its address', async () => {
    const { s, wilma } = await subscribing();
    s.civi.removes(wilma);
    s.passes(5);
    await s.batchesRun();
    await s.sync.run(); // sees the member before the batch is settled
    assert.equal((await s.sync.rows()).length, 1);
    await s.sync.handleBatches();
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[supersede] what is queued and not yet sent falls away when its row is decided anew', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.passes(5);
    await s.sync.stopsBefore('submit');
    s.passes(5);
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'none'], [wilma, 'Removed']);
    assert.deepEqual((await s.sync.updates()).map(({ side, state }) => [side, state]), [['mailchimp', 'superseded']]);
  });

  it('[supersede] the unsubscribe of a webhook aborts what is queued for its row', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.adds(wilma, INTEREST_GROUP);
    const id = await s.sync.begin();
    await s.sync.goOn(id, { before: 'submit' });
    s.passes(5);
    s.person.unsubscribes(P1);
    await s.webhooksArrive();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    const queued = (await s.sync.updates()).find(({ side }) => side === 'mailchimp');
    assert.equal(queued?.state, 'aborted');
    await s.sync.goOn(id);
    assert.deepEqual(s.memberRecord(P1)?.interests, []);
  });

  it('[underway] while an update of a row may take effect nothing more is sent for it', async () => {
    const { s, wilma } = await subscribing();
    s.civi.removes(wilma);
    s.passes(5);
    await s.sync.full();
    s.civi.adds(wilma);
    await s.sync.full();
    assert.equal(s.world.mailchimp.batches.all().length, 1);
    await s.batchesSettle();
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('[underway] a removal in CiviCRM that holds whatever becomes of the update is done at once', async () => {
    const s = await openScenario(BATCHED);
    const wilma = await s.joined();
    s.civi.adds(wilma, INTEREST_GROUP);
    await s.sync.run();
    assert.equal(s.world.mailchimp.batches.unfinished().length, 1);
    s.passes(5);
    s.person.unsubscribes(P1);
    await s.webhooksArrive();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    assert.equal(s.world.mailchimp.batches.unfinished().length, 1);
    await s.comesToRest();
  });

  it('[ghost] a subscribe that was given up and runs after all is known for ours', async () => {
    const { s, wilma } = await subscribing();
    s.passes((13 * HOUR) / 1000);
    assert.equal((await s.sync.handleBatches())['givenUp'], 1);
    s.civi.removes(wilma);
    s.passes(10);
    await s.batchesRun();
    assert.equal(s.member(P1), 'subscribed');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[ghost] an update cut off by a reset is known for ours when it turns up', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.passes(5);
    s.world.mailchimp.faults.add({ kind: 'reset', effect: true }, { method: 'PUT' });
    await assert.rejects(s.sync.run());
    s.civi.removes(wilma);
    s.passes(5);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[anew] an update of unknown fate is not sent again: the member is read and the row decided anew', async () => {
    const { s, wilma } = await subscribing();
    const [batch] = s.world.mailchimp.batches.unfinished();
    await s.world.mailchimp.batches.run(batch!.id, 0, 'server-error');
    s.world.mailchimp.batches.finish(batch!.id);
    s.civi.removes(wilma);
    await s.sync.handleBatches();
    await s.comesToRest();
    s.assertSides([P1, 'none'], [wilma, 'Removed']);
    assert.equal(s.world.mailchimp.batches.all().length, 1);
  });

  it('[anew] a subscribe refused by a 5xx is decided anew and goes out again', async () => {
    const { s, wilma } = await subscribing();
    const [batch] = s.world.mailchimp.batches.unfinished();
    await s.world.mailchimp.batches.run(batch!.id, 0, 'server-error');
    s.world.mailchimp.batches.finish(batch!.id);
    await s.sync.handleBatches();
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.deepEqual(new Set((await s.sync.updates()).map(({ state }) => state)), new Set(['superseded', 'done']));
  });

  it('[ifnew] who joined and was taken off before our first write arrives is not touched', async () => {
    const { s, wilma } = await subscribing();
    s.mailchimpAdmin.subscribes(P1);
    s.passes(5);
    s.mailchimpAdmin.unsubscribes(P1);
    assert.equal(operationsOf(s)[0]?.body['status_if_new'], 'subscribed');
    await s.batchesSettle();
    assert.equal(s.member(P1), 'unsubscribed');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[patch] an update of an interest carries no status, so it overruns no unsubscribe', async () => {
    const s = await openScenario(BATCHED);
    const wilma = await s.joined();
    s.civi.adds(wilma, INTEREST_GROUP);
    await s.sync.run();
    assert.deepEqual(operationsOf(s).map(({ method, body }) => [method, Object.keys(body)]), [['PATCH', ['interests']]]);
    s.passes(5);
    s.mailchimpAdmin.unsubscribes(P1);
    s.passes(5);
    await s.batchesSettle();
    assert.deepEqual(s.memberRecord(P1)?.interests, [INTEREST]);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[patch] an update follows the member that moved on; no second member is made at the old address', async () => {
    const s = await openScenario(BATCHED);
    const wilma = await s.joined();
    s.civi.adds(wilma, INTEREST_GROUP);
    await s.sync.run();
    s.passes(5);
    s.person.movesTo(P1, P2);
    s.passes(5);
    await s.batchesSettle();
    assert.deepEqual([s.member(P1), s.memberRecord(P2)?.interests], ['none', [INTEREST]]);
    await s.comesToRest();
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('[comply] a refusal proves a no of the person’s own that our unsubscribe hid; no pending is asked against it', async () => {
    const s = await openScenario(BATCHED);
    const wilma = await s.joined();
    s.civi.removes(wilma);
    await s.sync.run();
    s.passes(10);
    s.civi.adds(wilma);
    s.person.unsubscribes(P1);
    s.passes(1);
    await s.batchesSettle();
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    assert.ok((await s.sync.updates()).every((update) => update.side === 'civicrm' || update.ask.status !== 'pending'));
  });

  it('[comply] whoever left by themselves and is added later is asked once', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.unsubscribes(P1);
    await s.webhooksArrive();
    s.passes(60);
    s.civi.adds(wilma);
    s.passes(5);
    await s.sync.run();
    await s.sync.run();
    s.assertSides([P1, 'pending'], [wilma, 'Added']);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'Added']);
    s.person.confirms(P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('[comply] whoever complained is asked nothing: refused twice, the row fails and is left alone', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.complains(P1);
    await s.webhooksArrive();
    s.passes(60);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Added']);
    assert.equal(await s.failReason(P1), 'compliance');
  });

  it('[samesecond] an answer that shares its second with other facts makes the member be read', async () => {
    const { s, wilma } = await subscribing();
    await s.batchesRun();
    s.person.unsubscribes(P1); // in the second of our subscribe
    await s.sync.run('incremental', { before: 'removeInvalid' });
    await s.sync.handleBatches();
    assert.notEqual((await s.sync.row(P1)).memory.reread, undefined);
    await s.sync.engine.abort(LIST);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('an answer older than what is known overwrites nothing', async () => {
    const { s, wilma } = await subscribing();
    await s.batchesRun();
    s.passes(5);
    s.person.unsubscribes(P1);
    await s.sync.run();
    assert.equal((await s.sync.row(P1)).member?.status, 'unsubscribed');
    await s.sync.handleBatches();
    assert.equal((await s.sync.row(P1)).member?.status, 'unsubscribed');
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('a webhook between our asking and our write taking effect is heard', async () => {
    const { s, wilma } = await subscribing();
    s.person.subscribes(P1);
    s.passes(5);
    s.person.unsubscribes(P1);
    await s.webhooksArrive();
    s.passes(5);
    await s.batchesSettle();
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });
});
