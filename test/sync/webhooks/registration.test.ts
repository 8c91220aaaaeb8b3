import assert from 'node:assert/strict';
import type { SyncError } from '../../../src/base/errors.ts';
import type { JsonObject } from '../../../src/settings/json.ts';
import { webhookUrls } from '../../../src/simulator/simulator-settings.ts';
import { world } from '../../../src/simulator/world.ts';
import type { KeepSecret, WebhookAction, WebhookReport } from '../../../src/sync/webhooks/administer.ts';
import { LIST, closeWorlds } from '../../support/sync-world.ts';
import { P1, openScenario, type Scenario } from '../../support/scenario.ts';

const { webhookUrl, batchWebhook } = webhookUrls('http://127.0.0.1:1880');
const EVENTS = { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: false };
const SOURCES = { user: true, admin: true, api: false };

const listWebhooks = (s: Scenario) => s.world.mailchimp.state.lists[0]!.webhooks;
const batchWebhooks = (s: Scenario) => s.world.mailchimp.state.batchWebhooks;

/** An audience with nothing registered at Mailchimp. */
async function unregistered(list: JsonObject = {}): Promise<Scenario> {
  const s = await openScenario({ list });
  s.world.mailchimp.state.lists[0]!.webhooks = [];
  s.world.mailchimp.state.batchWebhooks = [];
  return s;
}

async function administer(s: Scenario, action: WebhookAction, keepSecret?: KeepSecret): Promise<{ readonly list: WebhookReport; readonly batches: WebhookReport }> {
  const [list, batches] = await s.sync.engine.administerWebhooks(action, { listIds: null, ...(keepSecret && { keepSecret }) });
  return { list: list!, batches: batches! };
}

const brief = ({ list, batches }: Awaited<ReturnType<typeof administer>>) => [list.done, [...list.problems], batches.done, [...batches.problems]];

describe('the webhooks at Mailchimp', () => {
  closeWorlds();

  it('are right as they are registered by the demo', async () => {
    const s = await openScenario();
    assert.deepEqual(brief(await administer(s, 'check')), ['nothing', [], 'nothing', []]);
  });

  it('are added with the events of the sample, without changes by the API, and signed', async () => {
    const s = await unregistered();
    assert.deepEqual(brief(await administer(s, 'check')), ['nothing', ['missing'], 'nothing', ['missing']]);
    const kept: [string, string | null][] = [];
    const added = await administer(s, 'add', async (...secret) => void kept.push(secret));
    assert.deepEqual(brief(added), ['added', [], 'added', []]);
    const [{ url, events, sources, signingSecret } = assert.fail('none')] = listWebhooks(s);
    assert.deepEqual({ url, events, sources }, { url: webhookUrl, events: EVENTS, sources: SOURCES });
    assert.deepEqual(batchWebhooks(s).map(({ url: at, enabled }) => [at, enabled]), [[batchWebhook, true]]);
    assert.ok(signingSecret);
    assert.deepEqual(kept, [[`lists.${LIST}.webhooks.signingSecret`, signingSecret]]);
    assert.equal(added.list.signed, true);
    assert.deepEqual(brief(await administer(s, 'add')), ['nothing', [], 'nothing', []]);
    assert.equal(listWebhooks(s).length + batchWebhooks(s).length, 2);
  });

  it('that are signed are checked at once, without a restart', async () => {
    const s = await unregistered();
    await administer(s, 'add');
    s.person.subscribes(P1);
    await s.webhooksArrive();
    assert.equal(s.civi.ownersOf(P1).length, 1);
    s.person.unsubscribes(P1);
    listWebhooks(s)[0]!.signingSecret = 'of somebody else';
    const [forged] = s.firedWebhooks();
    assert.equal(await s.world.mailchimp.webhooks.deliver(forged!), 401);
  });

  it('are not signed where the settings say so, nor where Mailchimp does not offer it', async () => {
    const off = await unregistered({ webhooks: { signing: false } });
    assert.equal((await administer(off, 'add')).list.signed, false);
    assert.equal(listWebhooks(off)[0]?.signingSecret, null);
    const s = await unregistered();
    // The first request is refused, here because of another webhook that is gone with the second.
    s.justBefore(/POST .*\/webhooks$/, () => listWebhooks(s).push({ id: 'x', url: webhookUrl, events: EVENTS, sources: SOURCES, signingSecret: null, enabled: true, failedInARow: 0 }));
    s.justBefore(/POST .*\/webhooks$/, () => listWebhooks(s).pop());
    const { list } = await administer(s, 'add');
    assert.deepEqual([list.done, list.signed], ['added', false]);
  });

  it('of which the events or sources are wrong are told and put right', async () => {
    const s = await openScenario();
    const [webhook] = listWebhooks(s);
    webhook!.events.upemail = false;
    webhook!.sources.api = true;
    batchWebhooks(s)[0]!.enabled = false;
    assert.deepEqual(brief(await administer(s, 'check')), ['nothing', ['wrong_events', 'wrong_sources'], 'nothing', ['disabled']]);
    assert.deepEqual(brief(await administer(s, 'add')), ['nothing', ['wrong_events', 'wrong_sources'], 'nothing', ['disabled']]);
    assert.deepEqual(brief(await administer(s, 'repair')), ['repaired', [], 'repaired', []]);
    assert.deepEqual([webhook!.events, webhook!.sources, batchWebhooks(s)[0]!.enabled], [EVENTS, SOURCES, true]);
    assert.deepEqual(brief(await administer(s, 'check')), ['nothing', [], 'nothing', []]);
  });

  it('at an address with another secret, or at another place, are told and replaced', async () => {
    const s = await openScenario();
    listWebhooks(s)[0]!.url = webhookUrl.replace(/secret=.*/, 'secret=of-last-year');
    batchWebhooks(s)[0]!.url = batchWebhook.replace('127.0.0.1:1880', 'old.example.org');
    assert.deepEqual(brief(await administer(s, 'check')), ['nothing', ['wrong_address'], 'nothing', ['wrong_address']]);
    assert.deepEqual(brief(await administer(s, 'repair')), ['repaired', [], 'repaired', []]);
    assert.deepEqual([listWebhooks(s).map(({ url }) => url), batchWebhooks(s).map(({ url }) => url)], [[webhookUrl], [batchWebhook]]);
  });

  it('of others stay as they are, whatever is done with ours', async () => {
    const s = await openScenario();
    const others = { url: 'https://elsewhere.example/hook?secret=theirs', enabled: true, failedInARow: 0 };
    listWebhooks(s).push({ ...others, id: 'theirs', events: { ...EVENTS, subscribe: false }, sources: { ...SOURCES, api: true }, signingSecret: null });
    batchWebhooks(s).push({ ...others, id: 'theirs' });
    assert.deepEqual(brief(await administer(s, 'check')), ['nothing', [], 'nothing', []]);
    for (const action of ['repair', 'add', 'delete'] as const) await administer(s, action);
    assert.deepEqual([listWebhooks(s).map(({ id }) => id), batchWebhooks(s).map(({ id }) => id)], [['theirs'], ['theirs']]);
  });

  it('are deleted with their signing secret', async () => {
    const s = await unregistered();
    await administer(s, 'add');
    const kept: [string, string | null][] = [];
    assert.deepEqual(brief(await administer(s, 'delete', async (...secret) => void kept.push(secret))), ['deleted', [], 'deleted', []]);
    assert.deepEqual([listWebhooks(s).length, batchWebhooks(s).length], [0, 0]);
    assert.deepEqual(kept, [[`lists.${LIST}.webhooks.signingSecret`, null]]);
    assert.deepEqual(brief(await administer(s, 'delete')), ['nothing', [], 'nothing', []]);
  });

  it('are made anew by a repair when their signing secret was lost', async () => {
    const s = await unregistered();
    await administer(s, 'add');
    const [before] = listWebhooks(s);
    s.sync.engine = await s.world.reopen({}); // a restart before the secret was kept for good
    s.person.subscribes(P1);
    const [subscribe] = s.firedWebhooks();
    const { url, headers, body } = await posted(s, subscribe!);
    const query = Object.fromEntries(new URL(url).searchParams);
    assert.equal((await s.sync.engine.receiveWebhook({ method: 'POST', query, headers, body })).status, 200);
    assert.deepEqual(brief(await administer(s, 'check')), ['nothing', ['secret_unknown'], 'nothing', []]);
    const repaired = await administer(s, 'repair');
    assert.deepEqual([repaired.list.done, repaired.list.signed], ['repaired', true]);
    assert.notEqual(listWebhooks(s)[0]?.id, before?.id);
    assert.deepEqual(brief(await administer(s, 'check')), ['nothing', [], 'nothing', []]);
  });

  it('cannot be added when Mailchimp does not reach the address; the error holds no secret', async () => {
    const s = await unregistered({ webhooks: { signing: false } });
    for (let count = 0; count < 20; count += 1) batchWebhooks(s).push({ id: `b${count}`, url: `https://elsewhere.example/${count}`, enabled: true, failedInARow: 0 });
    await assert.rejects(administer(s, 'add'), (error: SyncError) => error.code === 'mailchimp_refused' && /20 batch webhooks/.test(error.message) && !error.message.includes(world.webhookSecret));
  });

  it('are none of its business where the settings name no address', async () => {
    const s = await openScenario({ list: { webhooks: { enabled: false } } });
    for (const action of ['check', 'add', 'repair', 'delete'] as const) assert.deepEqual((await administer(s, action)).list.problems, ['no_address']);
    assert.equal(listWebhooks(s).length, 1);
  });
});

/** The POST of a waiting webhook as it would go out. */
async function posted(s: Scenario, id: number): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }> {
  const delivery = s.world.mailchimp.webhooks.waiting().find((each) => each.id === id)!;
  return { url: delivery.url, headers: { 'x-mailchimp-signature': 't=1,v1=00' }, body: new URLSearchParams(delivery.form).toString() };
}
