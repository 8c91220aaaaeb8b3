import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import type { NodeMessage } from 'node-red';
import helper from 'node-red-node-test-helper';
import { registerConfigNode } from '../../nodes/config/config-node.ts';
import type { EngineNode } from '../../nodes/lib/engine-node.ts';
import { MINUTE, systemClock, type Clock } from '../../src/base/clock.ts';
import { limitBody } from '../../src/cli/body-limit.ts';
import { startSimulators, type RunningSimulators, type SimulatorsOptions } from '../../src/simulator/simulators.ts';
import { world } from '../../src/simulator/world.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { AudienceStatus } from '../../src/sync/engine.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import type { Counts } from '../../src/sync/stage.ts';
import { MAX_BODY } from '../../src/sync/webhook-request.ts';
import { messageAt, useNodeRed } from './support/flow.ts';
import { FlowServer } from './support/served-flow.ts';

const LIST = world.mailchimp.listId;
const GROUP = world.civicrm.subscriptionGroup.id;
const WILMA = 'wilma@example.org';
const CONTROL = { type: 'mailchimpsync-control', config: 'sync-config', start: '', wires: [['answered']] };

/** Handled webhooks come out one turn after the other, until this holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await messageAt('sync-handled');
}

async function control(topic: string, payload: unknown = ''): Promise<unknown> {
  const answered = messageAt('answered');
  helper.getNode('control').receive({ topic, payload: payload as string });
  return (await answered).payload;
}

const form = (changes: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams({ type: 'unsubscribe', fired_at: '2026-11-24 08:00:00', 'data[list_id]': LIST, 'data[email]': WILMA, 'data[id]': '8a25ff1d98', ...changes }).toString();

const status = async (): Promise<AudienceStatus> => ((await control('status')) as readonly [AudienceStatus])[0];

const countsOf = ({ payload }: NodeMessage): Counts => payload as Counts;

/** The reference flow in a real Node-RED, called by a simulated Mailchimp over HTTP, over both services by HTTP. */
describe('webhooks through Node-RED, over HTTP', function () {
  this.timeout(60_000);
  const server = new FlowServer();
  let address: string;
  let services: RunningSimulators;

  before(async () => {
    address = await server.listen((app) => (request, response) => limitBody(request, response, MAX_BODY, () => app(request, response)));
  });
  useNodeRed();
  afterEach(() => services.close());
  after(() => server.close());

  async function start(options: SimulatorsOptions = {}, changes: Readonly<Record<string, object>> = {}): Promise<void> {
    services = await startSimulators({ registerWebhooks: true, webhookBase: address, ...options });
    // The engine's clock goes with the services': a test moves both at once.
    const clock: Clock = { now: () => services.clock.now(), wait: (duration, signal) => systemClock.wait(duration, signal) };
    await server.load(
      (RED) => registerConfigNode(RED, async (settings, { log }) => openEngine(settings, { store: await openSqliteStore(':memory:'), clock, log })),
      JSON.stringify(services.settings),
      '{}',
      { control: CONTROL, answered: { type: 'helper', wires: [] }, ...changes },
    );
  }

  const groupOf = (email: string): string | null | undefined => {
    const { tables } = services.civicrm;
    const contact = [...tables.email.all()].find((row) => row.email === email)?.contact_id;
    return contact ? tables.groupContact.find('contact_id', contact).find((row) => row.group_id === GROUP)?.status : undefined;
  };

  const post = (body: string, { secret = world.webhookSecret, headers = {} }: { secret?: string; headers?: Record<string, string> } = {}): Promise<Response> =>
    fetch(`${address}/mailchimpsync/webhook?secret=${secret}`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body });

  for (const [how, skipBodyParsing] of [['as they came', true], ['parsed by http in', false]] as const)
    it(`with bodies ${how}: CiviCRM follows what people do at Mailchimp, without a run`, async () => {
      await start({}, { 'sync-webhook-post': { skipBodyParsing } });
      const { people, administrators } = services.mailchimp;
      people.subscribe(LIST, WILMA, { mergeFields: { FNAME: 'Wilma', LNAME: 'Flintstone' } });
      await until(() => groupOf(WILMA) === 'Added');
      services.clock.advance(MINUTE);
      people.editProfile(LIST, WILMA, { FNAME: 'Willy' });
      await until(() => [...services.civicrm.tables.contact.all()].some(({ first_name }) => first_name === 'Willy'));
      services.clock.advance(MINUTE);
      people.changeAddress(LIST, WILMA, 'willy@example.org');
      await until(() => groupOf('willy@example.org') === 'Added');
      assert.equal([...services.civicrm.tables.contact.all()].filter(({ first_name }) => first_name === 'Willy').length, 1);
      services.clock.advance(MINUTE);
      people.unsubscribe(LIST, 'willy@example.org');
      await until(() => groupOf('willy@example.org') === 'Removed');
      services.clock.advance(MINUTE);
      people.subscribe(LIST, 'fred@example.org');
      await until(() => groupOf('fred@example.org') === 'Added');
      services.clock.advance(MINUTE);
      administrators.clean(LIST, 'fred@example.org');
      await until(() => groupOf('fred@example.org') === 'Removed');
      assert.ok(services.mailchimp.webhooks.all().every(({ state, attempts }) => state === 'delivered' && attempts === 1));
    });

  it('refuses a wrong secret, what is malformed and what is too large, also in chunks; the flow goes on', async () => {
    await start();
    const statuses = [await post(form(), { secret: 'wrong' }), await post('not a webhook'), await post('x'.repeat(MAX_BODY + 1))].map((answer) => answer.status);
    assert.deepEqual(statuses, [401, 400, 413]);
    assert.equal(await inChunks(`${address}/mailchimpsync/webhook?secret=${world.webhookSecret}`, 20), 413);
    assert.equal((await post(form({ type: 'campaign' }))).status, 200);
    const handled = messageAt('sync-handled');
    assert.equal((await post(form())).status, 200);
    assert.deepEqual((await handled).payload, { handled: 1, waiting: 0 });
  });

  it('adds signed webhooks by the control node, keeps the secret as a credential, and takes what is signed with it only', async () => {
    await start({ registerWebhooks: false });
    assert.deepEqual(await control('webhooks', 'check'), [
      { of: 'list', name: LIST, done: 'nothing', problems: ['missing'], signed: false },
      { of: 'batches', name: 'simulated', done: 'nothing', problems: ['missing'] },
    ]);
    const added = await control('webhooks', 'add');
    assert.deepEqual(added, [
      { of: 'list', name: LIST, done: 'added', problems: [], signed: true },
      { of: 'batches', name: 'simulated', done: 'added', problems: [] },
    ]);
    const secret = services.mailchimp.state.lists[0]!.webhooks[0]!.signingSecret!;
    assert.ok(!JSON.stringify(added).includes(secret));
    const kept = createRequire(createRequire(import.meta.url).resolve('node-red'))('@node-red/runtime/lib/nodes') as { getCredentials(id: string): { given?: string } };
    assert.deepEqual(JSON.parse(kept.getCredentials('sync-config').given ?? '{}'), { [`lists.${LIST}.webhooks.signingSecret`]: secret });
    services.mailchimp.people.subscribe(LIST, WILMA);
    await until(() => groupOf(WILMA) === 'Added');
    assert.equal((await post(form())).status, 401);
    assert.equal((await post(form(), { headers: { 'x-mailchimp-signature': 't=1,v1=00' } })).status, 401);
    assert.deepEqual((await status()).webhooks.problems, ['refused']);
    await control('webhooks', 'delete');
    assert.deepEqual([services.mailchimp.state.lists[0]!.webhooks, services.mailchimp.state.batchWebhooks], [[], []]);
    assert.deepEqual(JSON.parse(kept.getCredentials('sync-config').given ?? '{}'), { [`lists.${LIST}.webhooks.signingSecret`]: '' });
  });

  it('notices that webhooks are missing, tells it, and is put right by the control node', async () => {
    await start();
    services.mailchimp.people.subscribe(LIST, WILMA);
    await until(() => groupOf(WILMA) === 'Added');
    services.mailchimp.state.lists[0]!.webhooks = [];
    services.clock.advance(MINUTE);
    services.mailchimp.people.unsubscribe(LIST, WILMA);
    services.clock.advance(15 * MINUTE);
    const done = messageAt('sync-done');
    helper.getNode('sync-now').receive({});
    await done;
    assert.equal(groupOf(WILMA), 'Removed');
    assert.deepEqual((await status()).webhooks.problems, ['missing']);
    const settled = messageAt('sync-settled');
    helper.getNode('sync-poll').receive({});
    assert.equal(countsOf(await settled)['webhookProblems'], 1);
    await control('webhooks', 'repair');
    assert.deepEqual((await status()).webhooks.problems, []);
    services.mailchimp.people.subscribe(LIST, WILMA);
    await until(() => groupOf(WILMA) === 'Added');
  });

  it('settles a batch when its webhook comes, and fetches its results once', async () => {
    await start();
    const { civicrm, mailchimp } = services;
    for (let number = 0; number < 30; number += 1) civicrm.acts.addToGroup(civicrm.acts.createContact({ firstName: `P${number}`, lastName: 'Rubble', email: `p${number}@example.org` }), GROUP);
    const settled = messageAt('sync-settled');
    helper.getNode('sync-now').receive({});
    assert.equal(countsOf(await settled)['done'], 30);
    assert.equal(mailchimp.state.lists[0]!.members.filter((member) => member.status === 'subscribed').length, 30);
    const again = messageAt('sync-settled');
    mailchimp.webhooks.repeat(mailchimp.webhooks.all().find(({ listId }) => listId === null)!.id);
    await again;
    const config = helper.getNode('sync-config') as EngineNode;
    const requests = await config.work(new AbortController().signal, (engine) => Promise.resolve(engine.requests()));
    assert.equal(requests.mailchimp.get('GET result file'), 1);
  });

  it('answers a thousand in a burst while a run is under way, each at the first attempt, and handles them all', async () => {
    await start({ people: 300 });
    const { mailchimp } = services;
    const people = Array.from({ length: 1000 }, (_, number) => `burst${number}@example.org`);
    const done = messageAt('sync-done');
    helper.getNode('sync-now').receive({});
    for (const email of people) mailchimp.people.subscribe(LIST, email);
    // The sender gives up after ten seconds without an answer, as Mailchimp does, and tries again much later.
    await until(() => people.every((email) => groupOf(email) === 'Added'));
    await done;
    assert.ok(mailchimp.webhooks.all().every(({ state, attempts }) => state === 'delivered' && attempts === 1));
    // Whose row the run had just then is handled again by the poll of every minute.
    for (let minute = 1; minute <= 5 && (await status()).inbox > 0; minute += 1) {
      const handled = messageAt('sync-handled');
      helper.getNode('sync-poll').receive({});
      await handled;
    }
    assert.equal((await status()).inbox, 0);
    const addresses = [...services.civicrm.tables.email.all()].filter(({ email }) => email?.startsWith('burst'));
    assert.equal(addresses.length, people.length, 'one contact for each');
  });
});

/** The status that a body in so many chunks of 16 KB is answered with, without a Content-Length. */
const inChunks = (url: string, chunks: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', 'transfer-encoding': 'chunked' } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    for (let chunk = 0; chunk < chunks; chunk += 1) sent.write('x'.repeat(16 * 1024));
    sent.end();
  });
