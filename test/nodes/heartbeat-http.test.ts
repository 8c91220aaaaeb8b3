import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import helper from 'node-red-node-test-helper';
import { HOUR, MINUTE } from '../../src/base/clock.ts';
import { logged, messageAt } from './support/flow.ts';
import { LIST, WILMA, WebhookFlow, control, countsAfter, countsOf, form, requests, run, status, until } from './support/webhook-flow.ts';

/** The control node, the heartbeat and the watchdog over a simulated Mailchimp. */
describe('the registration of webhooks through Node-RED, over HTTP', function () {
  this.timeout(60_000);
  const flow = WebhookFlow.use();

  it('adds signed webhooks by the control node, keeps the secret as a credential, and takes what is signed with it only', async () => {
    await flow.start({ registerWebhooks: false });
    assert.deepEqual(await control('webhooks', 'check'), [
      { of: 'list', name: LIST, done: 'nothing', problems: ['missing'], signed: false },
      { of: 'batches', name: 'simulated', done: 'nothing', problems: ['missing'] },
    ]);
    const added = await control('webhooks', 'add');
    assert.deepEqual(added, [
      { of: 'list', name: LIST, done: 'added', problems: [], signed: true },
      { of: 'batches', name: 'simulated', done: 'added', problems: [] },
    ]);
    const secret = flow.services.mailchimp.state.lists[0]!.webhooks[0]!.signingSecret!;
    assert.ok(!JSON.stringify(added).includes(secret));
    assert.match(logged(), /deploy once/, 'the Node-RED of the tests stores no settings');
    const kept = createRequire(createRequire(import.meta.url).resolve('node-red'))('@node-red/runtime/lib/nodes') as { getCredentials(id: string): { given?: string } };
    assert.deepEqual(JSON.parse(kept.getCredentials('sync-config').given ?? '{}'), { [`lists.${LIST}.webhooks.signingSecret`]: secret });
    flow.services.mailchimp.people.subscribe(LIST, WILMA);
    await until(() => flow.groupOf(WILMA) === 'Added');
    assert.equal(await flow.post(form()), 401);
    assert.equal(await flow.post(form(), { headers: { 'x-mailchimp-signature': 't=1,v1=00' } }), 401);
    assert.deepEqual((await status()).webhooks.problems, ['refused']);
    await control('webhooks', 'delete');
    assert.deepEqual([flow.services.mailchimp.state.lists[0]!.webhooks, flow.services.mailchimp.state.batchWebhooks], [[], []]);
    assert.deepEqual(JSON.parse(kept.getCredentials('sync-config').given ?? '{}'), { [`lists.${LIST}.webhooks.signingSecret`]: '' });
  });

  it('notices that webhooks are missing, tells it, and is put right by the control node', async () => {
    await flow.start();
    flow.services.mailchimp.people.subscribe(LIST, WILMA);
    await until(() => flow.groupOf(WILMA) === 'Added');
    flow.services.mailchimp.state.lists[0]!.webhooks = [];
    flow.services.clock.advance(MINUTE);
    flow.services.mailchimp.people.unsubscribe(LIST, WILMA);
    flow.services.clock.advance(15 * MINUTE);
    await run();
    assert.equal(flow.groupOf(WILMA), 'Removed');
    assert.deepEqual((await status()).webhooks.problems, ['missing']);
    assert.equal((await countsAfter('sync-poll', 'sync-settled'))['webhookProblems'], 1);
    await control('webhooks', 'repair');
    assert.deepEqual((await status()).webhooks.problems, []);
    flow.services.mailchimp.people.subscribe(LIST, WILMA);
    await until(() => flow.groupOf(WILMA) === 'Added');
  });

  it('notices that webhooks are disabled or wrong, and repairs them', async () => {
    await flow.start();
    flow.services.mailchimp.people.subscribe(LIST, WILMA);
    await until(() => flow.groupOf(WILMA) === 'Added');
    const { lists, batchWebhooks } = flow.services.mailchimp.state;
    const [webhook] = lists[0]!.webhooks;
    Object.assign(webhook!.events, { unsubscribe: false });
    Object.assign(webhook!.sources, { api: true });
    Object.assign(batchWebhooks[0]!, { enabled: false });
    flow.services.clock.advance(MINUTE);
    flow.services.mailchimp.people.unsubscribe(LIST, WILMA);
    flow.services.clock.advance(15 * MINUTE);
    await run();
    const { problems, batchProblems } = (await status()).webhooks;
    assert.deepEqual([problems, batchProblems], [['wrong_events', 'wrong_sources'], ['disabled']]);
    await control('webhooks', 'repair');
    assert.deepEqual([webhook!.events.unsubscribe, webhook!.sources.api, batchWebhooks[0]!.enabled], [true, false, true]);
    assert.deepEqual((await status()).webhooks.problems, []);
  });
});

/** Each with more people than go singly. */
describe('batches through Node-RED, over HTTP', function () {
  this.timeout(60_000);
  const flow = WebhookFlow.use();
  const subscribed = (): number => flow.services.mailchimp.state.lists[0]!.members.filter((member) => member.status === 'subscribed').length;

  it('are settled when their webhook comes; results are fetched once, however often they are announced', async () => {
    await flow.start();
    flow.addPeople(30);
    const settled = messageAt('sync-settled');
    helper.getNode('sync-now').receive({});
    assert.equal(countsOf(await settled)['done'], 30);
    assert.equal(subscribed(), 30);
    const { webhooks } = flow.services.mailchimp;
    const { id } = webhooks.all().find(({ listId }) => listId === null)!;
    webhooks.manual = true;
    const repeats = Array.from({ length: 5 }, () => webhooks.repeat(id));
    const answers = await Promise.all(repeats.map((each) => webhooks.deliver(each)));
    assert.deepEqual(new Set(answers), new Set([200]));
    await countsAfter('sync-poll', 'sync-settled');
    assert.equal(await requests('GET result file'), 1);
  });

  it('are polled where no webhook comes', async () => {
    await flow.start();
    flow.services.mailchimp.state.batchWebhooks = [];
    flow.services.mailchimp.batches.manual = true;
    flow.addPeople(30);
    await run();
    assert.equal((await countsAfter('sync-poll', 'sync-settled'))['waiting'], 1);
    for (const { id } of flow.services.mailchimp.batches.unfinished()) {
      await flow.services.mailchimp.batches.runAll(id);
      flow.services.mailchimp.batches.finish(id);
    }
    assert.equal((await countsAfter('sync-poll', 'sync-settled'))['done'], 30);
    assert.equal(subscribed(), 30);
  });

  it('are given up after the hours without progress that the settings say; their people are decided anew', async () => {
    await flow.start({}, { list: { batchPatience: 3 } });
    flow.services.mailchimp.batches.manual = true;
    flow.addPeople(30);
    await run();
    flow.services.clock.advance(2 * HOUR);
    assert.equal((await countsAfter('sync-poll', 'sync-settled'))['givenUp'], 0);
    flow.services.clock.advance(HOUR + MINUTE);
    assert.equal((await countsAfter('sync-poll', 'sync-settled'))['givenUp'], 1);
    flow.services.mailchimp.batches.manual = false;
    const settled = messageAt('sync-settled');
    await run();
    await settled;
    assert.equal(subscribed(), 30);
  });

  it('become single requests where Mailchimp takes none, because too many of their webhooks could not be delivered', async () => {
    await flow.start();
    const { webhooks, state } = flow.services.mailchimp;
    webhooks.manual = true;
    const [{ id: webhookId, url } = assert.fail('none')] = state.batchWebhooks;
    for (let id = 1; id <= 500; id += 1)
      state.deliveries.push({ id: 10_000 + id, webhookId, listId: null, url, type: 'batch_operation_completed', firedAt: flow.services.clock.now(), form: [], attempts: 0, nextAttempt: flow.services.clock.now(), state: 'waiting' });
    flow.addPeople(30);
    await run();
    assert.equal(subscribed(), 30);
    assert.deepEqual((await status()).openBatches, []);
  });
});
