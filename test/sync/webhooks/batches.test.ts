import assert from 'node:assert/strict';
import { HOUR } from '../../../src/base/clock.ts';
import type { BatchId } from '../../../src/base/ids.ts';
import { world } from '../../../src/simulator/world.ts';
import { closeWorlds } from '../../support/sync-world.ts';
import { BATCHED, P1, P2, P3, openScenario, type Scenario } from '../../support/scenario.ts';

const never = new AbortController().signal;

/** Two people's subscribes are on their way in a batch. */
async function submitted(options = BATCHED): Promise<{ readonly s: Scenario; readonly wilma: number; readonly fred: number }> {
  const s = await openScenario(options);
  const [wilma, fred] = [s.civi.creates('Wilma', P1), s.civi.creates('Fred', P2)];
  for (const contact of [wilma, fred]) s.civi.adds(contact);
  s.passes(5);
  await s.sync.run();
  s.passes(5);
  return { s, wilma, fred };
}

/** What the batch webhooks that wait announce, as the batch handler hears it. */
async function announced(s: Scenario): Promise<readonly BatchId[]> {
  const ids: BatchId[] = [];
  for (const { form, listId } of s.world.mailchimp.webhooks.waiting()) {
    if (listId !== null) continue;
    const answer = await s.sync.engine.receiveBatchWebhook({ method: 'POST', query: { secret: world.webhookSecret }, headers: {}, body: Buffer.from(new URLSearchParams(form).toString()) });
    if (answer.batchId) ids.push(answer.batchId);
  }
  return ids;
}

const requests = (s: Scenario, kind: string): number => s.sync.engine.requests().mailchimp.get(kind) ?? 0;

/** Events of other batches that wait for a receiver that does not answer. */
const clog = (s: Scenario): void => {
  const { deliveries, batchWebhooks } = s.world.mailchimp.state;
  for (let id = 1; id <= 500; id += 1) {
    deliveries.push({ id: 10_000 + id, webhookId: batchWebhooks[0]!.id, listId: null, url: batchWebhooks[0]!.url, type: 'batch_operation_completed', firedAt: s.now, form: [], attempts: 0, nextAttempt: s.now, state: 'waiting' });
  }
};

describe('batches and their webhooks', () => {
  closeWorlds();

  it('an announced batch is settled, and its results are fetched once however often it is announced', async () => {
    const { s, wilma } = await submitted();
    await s.batchesRun();
    const [id] = await announced(s);
    assert.ok(id);
    await Promise.all(Array.from({ length: 5 }, () => s.sync.engine.handleBatches({ batchId: id, signal: never })));
    await s.sync.handleBatches();
    await s.sync.engine.handleBatches({ batchId: id, signal: never });
    assert.equal(requests(s, 'GET result file'), 1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('an announcement of a batch that is not ours fetches nothing', async () => {
    const { s } = await submitted();
    await s.batchesRun();
    const counts = await s.sync.engine.handleBatches({ batchId: 'somebody0else' as BatchId, signal: never });
    assert.equal(counts['batches'], 0);
    assert.equal(requests(s, 'GET result file'), 0);
  });

  it('an announcement that comes before the batch is finished waits for the poll', async () => {
    const { s } = await submitted();
    const [batch] = s.world.mailchimp.batches.unfinished();
    assert.equal((await s.sync.engine.handleBatches({ batchId: batch!.id as BatchId, signal: never }))['waiting'], 1);
    await s.batchesRun();
    assert.equal((await s.sync.handleBatches())['done'], 2);
  });

  it('a batch without progress for the hours that the settings say is given up, its members read singly and decided anew', async () => {
    const { s, wilma, fred } = await submitted({ list: { submitSingly: 0, batchPatience: 3 } });
    const [batch] = s.world.mailchimp.batches.unfinished();
    s.passes((3 * HOUR) / 1000 - 10);
    assert.equal((await s.sync.handleBatches())['givenUp'], 0);
    s.passes(20);
    const reads = requests(s, 'GET member');
    assert.equal((await s.sync.handleBatches())['givenUp'], 1);
    assert.equal(requests(s, 'GET member') - reads, 2);
    // It runs after all, a day later, when one of the two has been removed again.
    s.civi.removes(fred);
    s.passes(60);
    await s.world.mailchimp.batches.runAll(batch!.id);
    s.world.mailchimp.batches.finish(batch!.id);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    s.assertSides([P2, 'unsubscribed'], [fred, 'Removed']);
  });

  it('a batch that goes on, however slowly, is not given up', async () => {
    const { s } = await submitted({ list: { submitSingly: 0, batchPatience: 3 } });
    const [batch] = s.world.mailchimp.batches.unfinished();
    await s.world.mailchimp.batches.run(batch!.id, 0);
    for (const hours of [2, 2]) {
      s.passes((hours * HOUR) / 1000);
      assert.equal((await s.sync.handleBatches())['givenUp'], 0);
    }
    s.passes((2 * HOUR) / 1000);
    assert.equal((await s.sync.handleBatches())['givenUp'], 1);
  });

  it('results that cannot be read hold up no other batch, and are given up in the end', async () => {
    const { s, wilma, fred } = await submitted();
    await s.batchesRun();
    const betty = s.civi.creates('Betty', P3);
    s.civi.adds(betty);
    s.passes(60);
    await s.sync.run();
    await s.batchesRun();
    const [first] = s.world.mailchimp.batches.all();
    const unreadable = (): void => s.world.mailchimp.faults.add({ kind: 'html' }, { path: new RegExp(`batch-results.*${first!.id}`), times: 1000 });
    unreadable();
    await assert.rejects(s.sync.handleBatches(), { code: 'batch_result_invalid' });
    assert.equal((await s.sync.row(P3)).member?.status, 'subscribed');
    assert.equal((await s.sync.engine.status())[0]?.openBatches.length, 1);
    s.passes((12 * HOUR) / 1000 + 60);
    unreadable();
    assert.equal((await s.sync.handleBatches())['givenUp'], 1);
    s.world.mailchimp.faults.clear();
    await s.comesToRest();
    for (const [address, contact] of [[P1, wilma], [P2, fred], [P3, betty]] as const) s.assertSides([address, 'subscribed'], [contact, 'Added']);
  });

  it('a batch of which Mailchimp cannot tell holds up no other, and is given up in the end', async () => {
    const { s, wilma, fred } = await submitted();
    await s.batchesRun();
    const betty = s.civi.creates('Betty', P3);
    s.civi.adds(betty);
    s.passes(60);
    await s.sync.run();
    await s.batchesRun();
    const [first] = s.world.mailchimp.batches.all();
    s.world.mailchimp.faults.add({ kind: 'server-error' }, { path: new RegExp(`batches/${first!.id}`), times: 100_000 });
    await assert.rejects(s.sync.handleBatches(), { code: 'mailchimp_unreachable' });
    assert.equal((await s.sync.row(P3)).member?.status, 'subscribed');
    assert.equal((await s.sync.engine.status())[0]?.openBatches.length, 1);
    s.passes((12 * HOUR) / 1000 + 60);
    assert.equal((await s.sync.handleBatches())['givenUp'], 1);
    s.world.mailchimp.faults.clear();
    await s.comesToRest();
    for (const [address, contact] of [[P1, wilma], [P2, fred], [P3, betty]] as const) s.assertSides([address, 'subscribed'], [contact, 'Added']);
  });

  it('somebody of whom Mailchimp cannot tell keeps nobody else in the batch waiting', async () => {
    const { s, wilma, fred } = await submitted();
    await s.batchesRun();
    // Without the ids of its operations, each member is read.
    for (const { id } of s.world.mailchimp.batches.all()) s.world.mailchimp.batches.loseOperationIds(id);
    s.world.mailchimp.faults.add({ kind: 'server-error' }, { path: /members\/p1/, times: 100_000 });
    await assert.rejects(s.sync.handleBatches(), { code: 'mailchimp_unreachable' });
    assert.equal((await s.sync.row(P2)).member?.status, 'subscribed');
    s.world.mailchimp.faults.clear();
    assert.equal((await s.sync.handleBatches())['batches'], 1);
    await s.comesToRest();
    for (const [address, contact] of [[P1, wilma], [P2, fred]] as const) s.assertSides([address, 'subscribed'], [contact, 'Added']);
  });

  describe('after 500 webhooks of batches that could not be delivered', () => {
    it('updates go one by one, because Mailchimp takes no batch', async () => {
      const s = await openScenario(BATCHED);
      const wilma = s.civi.creates('Wilma', P1);
      s.civi.adds(wilma);
      s.passes(5);
      clog(s);
      const { submit } = await s.sync.run();
      assert.deepEqual([submit?.['submitted'], submit?.['done']], [0, 1]);
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
      assert.ok(s.world.logged.some((line) => /takes no more batches \(429\)/.test(line)));
      assert.deepEqual((await s.sync.engine.status())[0]?.openBatches, []);
      await s.comesToRest();
    });

    it('batches go out again when those were given up', async () => {
      const s = await openScenario(BATCHED);
      clog(s);
      for (const { id } of s.world.mailchimp.webhooks.waiting()) s.world.mailchimp.webhooks.lose(id);
      const wilma = s.civi.creates('Wilma', P1);
      s.civi.adds(wilma);
      s.passes(5);
      assert.equal((await s.sync.run()).submit?.['submitted'], 1);
      await s.batchesSettle();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    });

    it('nothing is lost when single requests are too many as well: the next run completes', async () => {
      const s = await openScenario(BATCHED);
      const wilma = s.civi.creates('Wilma', P1);
      s.civi.adds(wilma);
      s.passes(5);
      s.world.mailchimp.faults.add({ kind: 'too-many-requests', body: true }, { method: 'POST', path: /batches/ });
      s.world.mailchimp.faults.add({ kind: 'too-many-requests', body: true }, { method: 'PUT' });
      await assert.rejects(s.sync.run(), { code: 'mailchimp_overloaded' });
      assert.equal(s.member(P1), 'none');
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    });
  });
});
