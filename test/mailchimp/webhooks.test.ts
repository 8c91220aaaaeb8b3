import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { MailchimpSimulator } from '../../src/simulator/mailchimp/simulator.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import type { WebhooksApi } from '../../src/mailchimp/webhooks-api.ts';
import { createMailchimpApi } from '../../src/mailchimp/client.ts';
import { evenRandom } from '../support/fake-clock.ts';
import { inProcessAdapter } from '../support/in-process-adapter.ts';
import { simulatedTime } from '../support/simulated-time.ts';
import { KEY, LIST, account } from './account.ts';

const URL_OF_OURS = 'https://sync.example.org/hook?secret=hooked-secret';
const events = { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: false };
const sources = { user: true, admin: true, api: false };
const webhook = { url: URL_OF_OURS, events, sources, signing: false };

/** The webhooks of an account; `answers` is what their addresses answer to a GET. */
function given(answers = 200): { readonly webhooks: WebhooksApi; readonly simulator: MailchimpSimulator } {
  const time = simulatedTime(Date.UTC(2026, 10, 24, 9));
  const seeded = new SeededRandom(1);
  const simulator = new MailchimpSimulator({ clock: time.service, random: () => seeded.fraction(), apiKey: KEY, baseUrl: () => account.apiUrl, validate: () => Promise.resolve(answers) });
  simulator.setup.createList({ id: LIST, name: 'Main audience' });
  return { simulator, webhooks: createMailchimpApi(account, { clock: time.client, random: evenRandom, adapter: inProcessAdapter(simulator) }).webhooks };
}

describe('webhooks by the API', () => {
  it('of a list are added, changed, listed and removed', async () => {
    const { webhooks } = given();
    assert.deepEqual(await webhooks.add(LIST, webhook), { signingSecret: null });
    const [added = assert.fail('none')] = await webhooks.list(LIST);
    assert.deepEqual({ ...added, id: '' }, { id: '', url: URL_OF_OURS, events, sources });
    await webhooks.change(LIST, added.id, { events: { ...events, profile: false }, sources: { ...sources, api: true } });
    const [changed] = await webhooks.list(LIST);
    assert.deepEqual([changed?.events.profile, changed?.sources.api], [false, true]);
    await webhooks.remove(LIST, added.id);
    await webhooks.remove(LIST, added.id);
    assert.deepEqual(await webhooks.list(LIST), []);
  });

  it('tell their signing secret once, when they are added', async () => {
    const { webhooks, simulator } = given();
    const { signingSecret } = await webhooks.add(LIST, { ...webhook, signing: true });
    assert.equal(signingSecret, simulator.state.lists[0]?.webhooks[0]?.signingSecret);
    assert.ok(!JSON.stringify(await webhooks.list(LIST)).includes(signingSecret!));
  });

  it('of batches are added, enabled, listed and removed', async () => {
    const { webhooks, simulator } = given();
    await webhooks.addForBatches(URL_OF_OURS);
    const [added = assert.fail('none')] = await webhooks.listForBatches();
    assert.deepEqual([added.url, added.enabled], [URL_OF_OURS, true]);
    simulator.state.batchWebhooks[0]!.enabled = false;
    await webhooks.enableForBatches(added.id);
    assert.equal((await webhooks.listForBatches())[0]?.enabled, true);
    await webhooks.removeForBatches(added.id);
    assert.deepEqual(await webhooks.listForBatches(), []);
  });

  it('are refused where nobody answers at the address; the error holds neither key nor secret', async () => {
    const { webhooks } = given(404);
    for (const add of [() => webhooks.add(LIST, webhook), () => webhooks.addForBatches(URL_OF_OURS)])
      await assert.rejects(add, (error) => error instanceof SyncError && error.code === 'mailchimp_refused' && /GET/.test(error.message) && !/hooked-secret|0123456789abcdef/.test(error.message));
  });
});
