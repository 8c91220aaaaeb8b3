import assert from 'node:assert/strict';
import type { WebhookAnswer } from '../../../src/sync/engine.ts';
import type { WebhookStatus } from '../../../src/sync/webhooks/health.ts';
import { closeWorlds, GROUP, LIST } from '../../support/sync-world.ts';
import { BATCHED, P1, P2, openScenario, type Scenario } from '../../support/scenario.ts';

const statusOf = async (s: Scenario): Promise<WebhookStatus> => (await s.sync.engine.status())[0]!.webhooks;

/** So often the registration was looked at. */
const checks = (s: Scenario): number => s.sync.engine.requests().mailchimp.get('GET webhooks') ?? 0;

const webhook = (s: Scenario) => s.world.mailchimp.state.lists[0]!.webhooks[0]!;

/** A webhook comes, signed with a secret that nobody here knows. */
function receive(s: Scenario, id: number): Promise<WebhookAnswer> {
  const { url, form } = s.world.mailchimp.webhooks.waiting().find((each) => each.id === id)!;
  return s.sync.engine.receiveWebhook({ method: 'POST', query: Object.fromEntries(new URL(url).searchParams), headers: { 'x-mailchimp-signature': 't=1,v1=00' }, body: Buffer.from(new URLSearchParams(form).toString()) });
}

/** Somebody leaves, the webhook is lost, and a run sees it so many minutes later. */
async function leavesUnheard(s: Scenario, address: string, minutes: number): Promise<void> {
  s.person.unsubscribes(address);
  s.webhooksAreLost();
  s.passes(minutes * 60);
  await s.sync.run();
}

describe('the heartbeat of webhooks', () => {
  closeWorlds();

  it('does not look while webhooks come', async () => {
    const s = await openScenario();
    await s.joined();
    s.person.unsubscribes(P1);
    s.passes(5);
    await s.webhooksArrive();
    s.passes(7200);
    await s.sync.run();
    await s.sync.handleBatches();
    assert.equal(checks(s), 0);
    const { heardAt, checkedAt, problems } = await statusOf(s);
    assert.ok(heardAt);
    assert.deepEqual([checkedAt, [...problems]], [null, []]);
  });

  it('does not look because of what changed before it listened', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    s.webhooksAreLost();
    s.sync.engine = await s.world.reopen({});
    s.passes(7200);
    await s.sync.run();
    assert.equal(checks(s), 0);
  });

  it("does not look because of the sync's own writes", async () => {
    for (const options of [{}, BATCHED]) {
      const s = await openScenario(options);
      const wilma = await s.added('Wilma', P1);
      s.civi.removes(wilma);
      await s.comesToRest();
      s.passes(7200);
      await s.sync.full();
      assert.equal(checks(s), 0);
    }
  });

  it('does not look where the settings expect no webhooks', async () => {
    const s = await openScenario({ list: { webhooks: { enabled: false } } });
    await s.joined();
    await leavesUnheard(s, P1, 120);
    assert.equal(checks(s), 0);
    assert.equal((await statusOf(s)).expected, false);
  });

  it('tells of a webhook that is missing, in the status and once in the log, without its address', async () => {
    const s = await openScenario();
    await s.joined(P1);
    await s.joined(P2);
    s.world.mailchimp.state.lists[0]!.webhooks = [];
    s.world.mailchimp.state.batchWebhooks = [];
    await leavesUnheard(s, P1, 15);
    const { problems, batchProblems, checkedAt } = await statusOf(s);
    assert.deepEqual([problems, batchProblems], [['missing'], ['missing']]);
    assert.equal(checkedAt, s.now);
    await leavesUnheard(s, P2, 70);
    assert.equal(checks(s), 2);
    const told = s.world.logged.filter((line) => /webhook/i.test(line));
    assert.deepEqual(told, [
      'The webhook of the audience "Newsletter" at Mailchimp: missing. The control node puts it right: topic "webhooks", payload "repair".',
      'The batch webhook of the account "simulated" at Mailchimp: missing. The control node puts it right: topic "webhooks", payload "repair".',
    ]);
    assert.equal((await s.sync.handleBatches())['webhookProblems'], 2);
  });

  it('tells of wrong addresses, events and sources', async () => {
    const s = await openScenario();
    await s.joined();
    webhook(s).events.unsubscribe = false;
    webhook(s).sources.api = true;
    await leavesUnheard(s, P1, 15);
    assert.deepEqual((await statusOf(s)).problems, ['wrong_events', 'wrong_sources']);
  });

  it('gives webhooks ten minutes, then is seen to by the next run or poll of batches, once an hour', async () => {
    const s = await openScenario();
    await s.joined();
    await leavesUnheard(s, P1, 5);
    assert.equal(checks(s), 0);
    s.passes(300);
    await s.sync.handleBatches();
    assert.equal(checks(s), 1);
    for (let minute = 0; minute < 59; minute += 10) {
      s.passes(590);
      await s.sync.handleBatches();
    }
    assert.equal(checks(s), 1);
    s.passes(120);
    await s.sync.handleBatches();
    assert.equal(checks(s), 2);
  });

  it('tells of silence when all looks right: Mailchimp does not say that it has disabled a webhook; a repair makes it anew', async () => {
    const s = await openScenario();
    await s.joined();
    webhook(s).enabled = false;
    await leavesUnheard(s, P1, 15);
    assert.deepEqual((await statusOf(s)).problems, []);
    s.passes(80 * 60);
    await s.sync.handleBatches();
    assert.deepEqual((await statusOf(s)).problems, ['silent']);
    assert.ok(s.world.logged.some((line) => /"Newsletter" at Mailchimp: silent/.test(line)));
    await s.sync.engine.administerWebhooks('repair', { listIds: [LIST] });
    assert.equal(webhook(s).enabled, true);
    assert.deepEqual((await statusOf(s)).problems, []);
    s.person.subscribes(P1);
    assert.equal(s.firedWebhooks().length, 1);
    await s.webhooksArrive();
    assert.equal(s.group(s.civi.ownersOf(P1)[0]!, GROUP), 'Added');
  });

  it('tells of refused webhooks, until one is let in', async () => {
    const s = await openScenario({ list: { webhooks: { signingSecret: 'lost at Mailchimp' } } });
    await s.joined();
    s.person.unsubscribes(P1);
    const [unsubscribe] = s.firedWebhooks();
    assert.equal(await s.world.mailchimp.webhooks.deliver(unsubscribe!), 401);
    assert.deepEqual((await statusOf(s)).problems, ['refused']);
    await s.sync.engine.administerWebhooks('repair', { listIds: [LIST] });
    assert.equal(await s.world.mailchimp.webhooks.deliver(s.world.mailchimp.webhooks.repeat(unsubscribe!)), 0, 'the old one is gone with its webhook');
    s.person.subscribes(P1);
    await s.webhooksArrive(s.firedWebhooks().at(-1)!);
    assert.deepEqual((await statusOf(s)).problems, []);
  });

  it('tells of signed webhooks whose secret is not known here, takes them, and a repair has Mailchimp give a new one', async () => {
    const s = await openScenario();
    await s.joined();
    await s.sync.engine.administerWebhooks('delete', { listIds: [LIST] });
    await s.sync.engine.administerWebhooks('add', { listIds: [LIST] });
    const lost = webhook(s).signingSecret;
    s.sync.engine = await s.world.reopen({});
    s.person.unsubscribes(P1);
    s.passes(5);
    s.person.subscribes(P1);
    for (const each of s.firedWebhooks()) assert.equal((await receive(s, each)).status, 200);
    assert.deepEqual((await statusOf(s)).problems, ['secret_unknown']);
    assert.equal((await s.sync.handleBatches())['webhookProblems'], 1);
    assert.deepEqual(s.world.logged.filter((line) => /webhook/i.test(line)), ['The webhook of the audience "Newsletter" at Mailchimp: secret_unknown. The control node puts it right: topic "webhooks", payload "repair".']);
    const [report] = await s.sync.engine.administerWebhooks('check', { listIds: [LIST] });
    assert.deepEqual([report?.problems, report?.signed], [['secret_unknown'], false]);
    const [repaired] = await s.sync.engine.administerWebhooks('repair', { listIds: [LIST] });
    assert.deepEqual([repaired?.problems, repaired?.signed, (await statusOf(s)).problems], [[], true, []]);
    assert.notEqual(webhook(s).signingSecret, lost);
  });

  it('tells of refused ones in the log, once until they are right again', async () => {
    const s = await openScenario({ list: { webhooks: { signingSecret: 'lost at Mailchimp' } } });
    await s.joined();
    s.person.unsubscribes(P1);
    const [unsubscribe] = s.firedWebhooks();
    for (let time = 1; time <= 3; time += 1) assert.equal((await receive(s, unsubscribe!)).status, 401);
    assert.equal(s.world.logged.filter((line) => /"Newsletter" at Mailchimp: refused\. The control node puts it right/.test(line)).length, 1);
  });

  it('stops nothing when Mailchimp does not answer: it is looked again later', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.world.mailchimp.faults.add({ kind: 'server-error' }, { path: /webhooks/, times: 1000 });
    await leavesUnheard(s, P1, 15);
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    assert.ok(s.world.logged.some((line) => /could not be looked at \(mailchimp_unreachable\)/.test(line)));
  });
});
