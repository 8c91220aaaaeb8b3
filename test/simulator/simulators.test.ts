import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulators, type RunningSimulators, type SimulatorsOptions } from '../../src/simulator/simulators.ts';
import { world } from '../../src/simulator/world.ts';

const { listId } = world.mailchimp;

describe('the simulators together', () => {
  let directory: string;
  let running: RunningSimulators[];
  const start = async (options: SimulatorsOptions = {}): Promise<RunningSimulators> => {
    const simulators = await startSimulators(options);
    running.push(simulators);
    return simulators;
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'simulators-'));
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((simulators) => simulators.close()));
    rmSync(directory, { recursive: true });
  });
  const restart = async (simulators: RunningSimulators, options: SimulatorsOptions = {}): Promise<RunningSimulators> => {
    await simulators.close();
    running = running.filter((each) => each !== simulators);
    return start({ state: directory, ...options });
  };

  it('give settings that open both services', async () => {
    const { settings, urls } = await start({ people: 5, timezone: 'Europe/Warsaw', webhookBase: 'http://127.0.0.1:1999' });
    const { lists, accounts, civicrm } = settings as unknown as Settings;
    const account = accounts[lists[listId]?.apiKey ?? ''];
    assert.equal(account?.apiUrl, `${urls.mailchimp}/3.0`);
    const members = await fetch(`${account.apiUrl}/lists/${listId}/members?count=1`, { headers: { authorization: `Bearer ${account.apiKey}` } });
    assert.equal(members.status, 200);
    assert.equal(account.webhookUrl, 'http://127.0.0.1:1999/mailchimpsync/webhook?secret=simulated-webhook-secret');
    const groups = await fetch(`${civicrm.url}/civicrm/ajax/api4/Group/get`, {
      method: 'POST',
      headers: { 'x-civi-auth': `Bearer ${civicrm.apiKey}` },
      body: new URLSearchParams({ params: JSON.stringify({ where: [['id', '=', Number(lists[listId]?.subscriptionGroup)]] }) }),
    });
    assert.equal(((await groups.json()) as { count: number }).count, 1);
    assert.equal(civicrm.timezone, 'Europe/Warsaw');
  });

  it('start with an empty audience and groups when no people are asked for', async () => {
    const simulators = await start();
    assert.deepEqual(simulators.mailchimp.state.lists.map(({ id, members }) => [id, members.length]), [[listId, 0]]);
    assert.equal(simulators.civicrm.tables.groupContact.size, 0);
    assert.deepEqual(simulators.judge(), []);
  });

  it('hold people who are not as foretold before a sync, but for those in step', async () => {
    const verdicts = (await start({ people: 150 })).judge();
    assert.equal(verdicts.length, 150);
    const inStep = verdicts.filter(({ kind }) => kind === 'in step');
    assert.ok(inStep.length > 50);
    assert.ok(inStep.every(({ differences }) => differences.length === 0));
    assert.ok(verdicts.some(({ differences }) => differences.length > 0));
  });

  it('go on after a restart where they were: people, clock, chance', async () => {
    const first = await start({ state: directory, people: 20 });
    assert.match(first.fresh ?? '', /there was none/);
    first.clock.freeze(Date.UTC(2026, 4, 5));
    await act(first, 'mailchimp', 'person.subscribe', { listId, address: 'new@example.org' });
    const [state, judged] = [stateOf(first), first.judge()];
    const second = await restart(first);
    assert.equal(second.fresh, null);
    assert.equal(stateOf(second), state);
    assert.deepEqual(second.judge(), judged);
    await act(second, 'mailchimp', 'person.subscribe', { listId, address: 'newer@example.org' });
    const ids = second.mailchimp.state.lists[0]?.members.map(({ contactId }) => contactId) ?? [];
    assert.equal(new Set(ids).size, ids.length);
  });

  it('keep their people when none are asked for, and make them afresh when others are', async () => {
    const first = await start({ state: directory, people: 20 });
    const second = await restart(first);
    assert.equal(second.fresh, null);
    assert.equal(second.judge().length, 20);
    const third = await restart(second, { people: 30 });
    assert.equal(third.fresh, 'it was made for 20 people, not for 30');
    assert.equal(third.judge().length, 30);
    const fourth = await restart(third, { people: 30, seed: 2 });
    assert.equal(fourth.fresh, 'it was made with seed 1, not with 2');
    assert.equal((await restart(fourth, { people: 30, seed: 2 })).fresh, null);
  });

  it("keep the site's zone, in the settings too, until another one is asked for", async () => {
    const first = await start({ state: directory, timezone: 'Asia/Tokyo' });
    const second = await restart(first);
    assert.equal(zoneOf(second), 'Asia/Tokyo');
    const third = await restart(second, { timezone: 'Europe/Warsaw' });
    assert.equal(zoneOf(third), 'Europe/Warsaw');
    assert.equal(zoneOf(await restart(third)), 'Europe/Warsaw');
  });

  it('make the same people from the same seed', async () => {
    const made = [await start({ people: 50, seed: 3 }), await start({ people: 50, seed: 3 }), await start({ people: 50, seed: 4 })];
    const [once, again, other] = made.map(({ mailchimp }) => mailchimp.state.lists[0]?.members.map(({ email }) => email));
    assert.deepEqual(again, once);
    assert.notDeepEqual(other, once);
  });

  it('register webhooks when told to, and take those of an earlier start away', async () => {
    const first = await start({ state: directory, webhookBase: 'http://127.0.0.1:1881', registerWebhooks: true });
    assert.deepEqual(webhookHosts(first), ['127.0.0.1:1881', '127.0.0.1:1881']);
    const second = await restart(first, { webhookBase: 'http://127.0.0.1:1882', registerWebhooks: true });
    assert.deepEqual(webhookHosts(second), ['127.0.0.1:1882', '127.0.0.1:1882']);
    assert.deepEqual(webhookHosts(await restart(second)), []);
  });

  it('send webhooks by themselves', async () => {
    const { promise: received, resolve: receive } = Promise.withResolvers<string>();
    const receiver = createServer((request, response) => {
      response.end();
      receive(`${request.method} ${request.url}`);
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const simulators = await start({ webhookBase: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`, registerWebhooks: true });
    simulators.mailchimp.people.subscribe(listId, 'new@example.org');
    assert.equal(await received, 'POST /mailchimpsync/webhook?secret=simulated-webhook-secret');
    receiver.closeAllConnections();
    receiver.close();
  });

  it('free their ports and directory when they cannot start, and when they close', async () => {
    const first = await start();
    const port = Number(new URL(first.urls.control).port);
    await assert.rejects(startSimulators({ state: directory, ports: { control: port } }), { code: 'EADDRINUSE' });
    const second = await start({ state: directory });
    await first.close();
    running = [second];
    assert.equal((await start({ ports: { control: port } })).urls.control, `http://127.0.0.1:${port}`);
  });
});

/** Whole state of both services, as JSON. */
const stateOf = ({ clock, mailchimp, civicrm }: RunningSimulators): string => JSON.stringify([clock.save(), mailchimp.save(), civicrm.save()]);

const zoneOf = ({ settings }: RunningSimulators): string => (settings as unknown as Settings).civicrm.timezone;

/** Where the registered webhooks lead. */
const webhookHosts = ({ mailchimp: { state } }: RunningSimulators): string[] =>
  [...state.lists.flatMap(({ webhooks }) => webhooks), ...state.batchWebhooks].map(({ url }) => new URL(url).host);

interface Settings {
  readonly lists: Readonly<Record<string, { readonly apiKey: string; readonly subscriptionGroup: string }>>;
  readonly accounts: Readonly<Record<string, { readonly apiKey: string; readonly apiUrl: string; readonly webhookUrl: string }>>;
  readonly civicrm: { readonly url: string; readonly apiKey: string; readonly timezone: string };
}

async function act({ urls }: RunningSimulators, service: string, name: string, args: object): Promise<void> {
  const response = await fetch(`${urls.control}/act`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ service, act: name, args }) });
  assert.equal(response.status, 200, await response.text());
}
