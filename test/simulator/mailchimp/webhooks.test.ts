import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { WebhookPost } from '../../../src/simulator/mailchimp/webhook-queue.ts';
import { list, minute, noon, rows, subscribed, TestAccount, text, type Answer } from './account.ts';

const ann = 'ann@example.org';
const url = 'http://127.0.0.1:1880/mailchimpsync/webhook?secret=s';
const events = { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: true };
const sources = { user: true, admin: true, api: false };

/** An account whose webhooks arrive here, answered with `answer()`. */
class Receiver {
  readonly posts: WebhookPost[] = [];
  readonly account: TestAccount;
  /** A status, or null: no answer. */
  answer: number | null = 200;

  constructor() {
    this.account = new TestAccount({
      deliver: (post) => {
        this.posts.push(post);
        return this.answer === null ? Promise.reject(new Error('refused')) : Promise.resolve(this.answer);
      },
    });
    this.account.have(subscribed(ann));
  }

  add(body: unknown = { url, events, sources }): Promise<Answer> {
    return this.account.ask('POST', `/lists/${list}/webhooks`, { body });
  }

  /** The form fields of all that arrived. */
  forms(): Record<string, string>[] {
    return this.posts.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  }

  types(): (string | undefined)[] {
    return this.forms().map((form) => form['type']);
  }
}

async function receiving(body?: unknown): Promise<Receiver> {
  const receiver = new Receiver();
  assert.equal((await receiver.add(body)).status, 200);
  return receiver;
}

function addBatchWebhook(account: TestAccount, body: unknown): Promise<Answer> {
  return account.ask('POST', '/batch-webhooks', { body });
}

describe('simulated Mailchimp: webhooks of an audience', () => {
  it('are made only when a GET to the URL is answered 200 (from documentation)', async () => {
    for (const answer of [404, 302, null]) {
      const account = new TestAccount({ validate: () => (answer === null ? Promise.reject(new Error('refused')) : Promise.resolve(answer)) });
      assert.equal((await account.ask('POST', `/lists/${list}/webhooks`, { body: { url, events, sources } })).status, 400);
    }
    const asked: string[] = [];
    const account = new TestAccount({ validate: (one) => Promise.resolve(asked.push(one)).then(() => 200) });
    assert.equal((await account.ask('POST', `/lists/${list}/webhooks`, { body: { url, events, sources } })).status, 200);
    assert.deepEqual(asked, [url]);
  });

  it('are listed, changed and deleted; one URL has one webhook (third party)', async () => {
    const { account } = await receiving();
    const path = `/lists/${list}/webhooks`;
    const [webhook] = rows(await account.get(path), 'webhooks');
    assert.deepEqual([webhook?.['url'], webhook?.['events'], webhook?.['sources'], webhook?.['list_id']], [url, events, sources, list]);
    assert.match((await account.ask('POST', path, { body: { url } })).body['detail'] as string, /can't set up multiple WebHooks for one URL/);
    const one = `${path}/${text(webhook, 'id')}`;
    const changed = await account.ask('PATCH', one, { body: { sources: { api: true }, events: { campaign: false } } });
    assert.deepEqual(changed.body['sources'], { user: true, admin: true, api: true });
    assert.deepEqual(changed.body['events'], { ...events, campaign: false });
    assert.equal((await account.ask('DELETE', one)).status, 204);
    assert.equal((await account.get(one)).status, 404);
  });

  it('tell of a subscribe form-encoded, with the member under an id that is not the hash (recorded)', async () => {
    const { account, ...receiver } = await receiving();
    account.simulator.setup.createInterestCategory(list, 'Topics');
    const { id } = account.simulator.setup.createInterest(list, 'Topics', 'News, weekly');
    account.simulator.people.subscribe(list, 'bea@example.org', { mergeFields: { FNAME: 'Bea' }, interests: [id] });
    await account.simulator.work();
    assert.equal(receiver.posts[0]?.headers['content-type'], 'application/x-www-form-urlencoded');
    const form = Object.fromEntries(new URLSearchParams(receiver.posts[0]?.body));
    const member = (await account.member('bea@example.org')).body;
    assert.deepEqual(form, {
      type: 'subscribe',
      fired_at: '2026-03-01 12:00:00',
      'data[id]': member['unique_email_id'],
      'data[list_id]': list,
      'data[email]': 'bea@example.org',
      'data[email_type]': 'html',
      'data[ip_opt]': '192.0.2.10',
      'data[ip_signup]': '192.0.2.10',
      'data[web_id]': text(member, 'web_id'),
      'data[merges][EMAIL]': 'bea@example.org',
      'data[merges][FNAME]': 'Bea',
      'data[merges][LNAME]': '',
      'data[merges][ADDRESS]': '',
      'data[merges][PHONE]': '',
      'data[merges][INTERESTS]': 'News\\, weekly',
    });
  });

  it('tell of an unsubscribe with action and reason', async () => {
    const acts = [
      ['unsub', 'manual', (account: TestAccount) => account.simulator.people.unsubscribe(list, ann)],
      ['unsub', 'abuse', (account: TestAccount) => account.simulator.people.complain(list, ann)],
      ['unsub', 'manual', (account: TestAccount) => account.simulator.administrators.unsubscribe(list, ann)],
      ['delete', 'manual', (account: TestAccount) => account.simulator.administrators.archive(list, ann)],
    ] as const;
    for (const [action, reason, act] of acts) {
      const receiver = await receiving();
      act(receiver.account);
      await receiver.account.simulator.work();
      const [form] = receiver.forms();
      assert.deepEqual([form?.['type'], form?.['data[action]'], form?.['data[reason]'], form?.['data[email]']], ['unsubscribe', action, reason, ann]);
    }
  });

  it('tell of a change of address by upemail and profile, in either order (third party)', async () => {
    const orders = new Set<string>();
    const receiver = await receiving();
    for (let count = 0; count < 20; count++) {
      receiver.posts.length = 0;
      receiver.account.simulator.people.changeAddress(list, count === 0 ? ann : `ann${count - 1}@example.org`, `ann${count}@example.org`);
      await receiver.account.simulator.work();
      orders.add(receiver.types().join());
    }
    assert.deepEqual([...orders].toSorted(), ['profile,upemail', 'upemail,profile']);
    const upemail = receiver.forms().find((form) => form['type'] === 'upemail');
    assert.deepEqual([upemail?.['data[old_email]'], upemail?.['data[new_email]']], ['ann18@example.org', 'ann19@example.org']);
    assert.match(upemail?.['data[new_id]'] ?? '', /^[0-9a-f]{10}$/);
  });

  it('tell of profiles, of cleaned addresses and of campaigns', async () => {
    const receiver = await receiving();
    receiver.account.simulator.people.editProfile(list, ann, { FNAME: 'Ann' });
    receiver.account.simulator.administrators.clean(list, ann);
    receiver.account.simulator.webhooks.fireCampaign(list, 'c0ffee', 'News');
    await receiver.account.simulator.work();
    assert.deepEqual(receiver.types(), ['profile', 'cleaned', 'campaign']);
    assert.deepEqual([receiver.forms()[1]?.['data[reason]'], receiver.forms()[1]?.['data[email]']], ['hard', ann]);
  });

  it('are silent for a sign-up until it is confirmed, and for a permanent deletion (assumed)', async () => {
    const receiver = await receiving();
    receiver.account.simulator.people.signUp(list, 'bea@example.org');
    receiver.account.simulator.administrators.deletePermanently(list, ann);
    await receiver.account.simulator.work();
    assert.deepEqual(receiver.types(), []);
    receiver.account.simulator.people.confirm(list, 'bea@example.org');
    await receiver.account.simulator.work();
    assert.deepEqual(receiver.types(), ['subscribe']);
  });

  it('honour sources: changes by API are told only where sources.api is on', async () => {
    for (const [api, expected] of [[false, []], [true, ['unsubscribe', 'subscribe', 'profile', 'unsubscribe']]] as const) {
      const { account, ...receiver } = await receiving({ url, events, sources: { ...sources, api } });
      await account.patchMember(ann, { status: 'unsubscribed' });
      await account.patchMember(ann, { status: 'subscribed' });
      await account.patchMember(ann, { merge_fields: { FNAME: 'Ann' } });
      await account.ask('DELETE', `/lists/${list}/members/${ann}`);
      await account.simulator.work();
      assert.deepEqual(receiver.posts.map(({ body }) => new URLSearchParams(body).get('type')), expected);
    }
  });

  it('honour events', async () => {
    const receiver = await receiving({ url, events: { subscribe: true }, sources });
    receiver.account.simulator.people.unsubscribe(list, ann);
    receiver.account.simulator.people.subscribe(list, ann);
    await receiver.account.simulator.work();
    assert.deepEqual(receiver.types(), ['subscribe']);
  });

  it('are tried again over 75 minutes, then given up (from documentation)', async () => {
    const receiver = await receiving();
    receiver.answer = 500;
    receiver.account.simulator.people.unsubscribe(list, ann);
    const attempts: number[] = [];
    for (let now = 0; now <= 120; now++) {
      const before = receiver.posts.length;
      await receiver.account.simulator.work();
      if (receiver.posts.length > before) attempts.push(now);
      receiver.account.later(minute);
    }
    assert.deepEqual(attempts, [0, 5, 25, 75]);
    assert.deepEqual(receiver.account.simulator.webhooks.waiting(), []);
    assert.deepEqual(new Set(receiver.forms().map((form) => form['fired_at'])), new Set(['2026-03-01 12:00:00']));
  });

  it('arrive at a later attempt when the receiver is back', async () => {
    const receiver = await receiving();
    receiver.answer = null;
    receiver.account.simulator.people.unsubscribe(list, ann);
    await receiver.account.simulator.work();
    receiver.answer = 200;
    receiver.account.later(5 * minute);
    await receiver.account.simulator.work();
    assert.equal(receiver.account.simulator.webhooks.all()[0]?.state, 'delivered');
  });

  it('are disabled at once by a 410, and after too many failures (from documentation)', async () => {
    const gone = await receiving();
    gone.answer = 410;
    gone.account.simulator.people.unsubscribe(list, ann);
    await gone.account.simulator.work();
    gone.account.simulator.people.subscribe(list, ann);
    assert.deepEqual(gone.account.simulator.webhooks.waiting(), []);

    const failing = await receiving();
    failing.answer = 500;
    for (let count = 0; count < 10; count++) failing.account.simulator.people.editProfile(list, ann, { FNAME: `Ann ${count}` });
    for (const wait of [0, 5, 20, 50]) {
      failing.account.later(wait * minute);
      await failing.account.simulator.work();
    }
    failing.account.simulator.people.editProfile(list, ann, { FNAME: 'Anna' });
    assert.deepEqual(failing.account.simulator.webhooks.waiting(), []);
    assert.equal(rows(await failing.account.get(`/lists/${list}/webhooks`), 'webhooks').length, 1, 'and are listed nevertheless');
  });

  it('are disabled by failures in a row only: one that arrives starts the count anew', async () => {
    const receiver = await receiving();
    for (let count = 0; count < 15; count++) {
      receiver.account.simulator.people.editProfile(list, ann, { FNAME: `Ann ${count}` });
      receiver.answer = count === 7 ? 200 : 500;
      for (const wait of [0, 5, 20, 50]) {
        receiver.account.later(wait * minute);
        await receiver.account.simulator.work();
      }
    }
    receiver.account.simulator.people.editProfile(list, ann, { FNAME: 'Anna' });
    assert.equal(receiver.account.simulator.webhooks.waiting().length, 1);
  });

  it('can be held, sent one by one, lost, repeated and put into another order', async () => {
    const receiver = await receiving();
    const { simulator } = receiver.account;
    simulator.webhooks.manual = true;
    for (const name of ['A', 'B', 'C', 'D']) simulator.people.editProfile(list, ann, { FNAME: name });
    await simulator.work();
    assert.deepEqual(receiver.types(), []);
    const [a = 0, b = 0, c = 0, d = 0] = simulator.webhooks.waiting().map(({ id }) => id);
    simulator.webhooks.lose(a);
    simulator.webhooks.reorder([d, b]);
    simulator.webhooks.repeat(b);
    assert.equal(await simulator.webhooks.deliver(c), 200);
    await simulator.webhooks.deliverDue();
    assert.deepEqual(receiver.forms().map((form) => form['data[merges][FNAME]']), ['C', 'D', 'B', 'B']);
  });

  it('are signed when that was asked for; the secret is shown once (from documentation, not seen)', async () => {
    const receiver = new Receiver();
    const added = await receiver.add({ url, events, sources, signing_enabled: true });
    const secret = text(added.body, 'signing_secret');
    const shown = await receiver.account.get(`/lists/${list}/webhooks`);
    assert.ok(!JSON.stringify(shown.body).includes(secret));
    receiver.account.simulator.people.unsubscribe(list, ann);
    await receiver.account.simulator.work();
    const [post] = receiver.posts;
    const stamp = noon / 1000;
    const signature = createHmac('sha256', secret).update(`${stamp}.${post?.body ?? ''}`).digest('hex');
    assert.equal(post?.headers['x-mailchimp-signature'], `t=${stamp},v1=${signature}`);
  });

  it('are unsigned otherwise', async () => {
    const receiver = await receiving();
    receiver.account.simulator.people.unsubscribe(list, ann);
    await receiver.account.simulator.work();
    assert.ok(!('x-mailchimp-signature' in (receiver.posts[0]?.headers ?? {})));
  });
});

describe('simulated Mailchimp: batch webhooks', () => {
  const operations = [{ method: 'GET', path: '/ping', operation_id: 'one' }];

  it('tell of a finished batch, with a URL of its results', async () => {
    const { account, ...receiver } = new Receiver();
    const { body } = await addBatchWebhook(account, { url });
    assert.deepEqual([body['url'], body['enabled']], [url, true]);
    const id = text((await account.ask('POST', '/batches', { body: { operations } })).body, 'id');
    for (let step = 0; step < 6; step++) await account.simulator.work();
    const form = Object.fromEntries(new URLSearchParams(receiver.posts[0]?.body));
    assert.deepEqual(
      [form['type'], form['data[id]'], form['data[status]'], form['data[total_operations]'], form['data[errored_operations]']],
      ['batch_operation_completed', id, 'finished', '1', '0'],
    );
    assert.match(form['data[response_body_url]'] ?? '', /batch-results/);
    assert.equal(receiver.posts.length, 1);
  });

  it('are listed, switched off and deleted', async () => {
    const { account } = new Receiver();
    const path = `/batch-webhooks/${text((await addBatchWebhook(account, { url })).body, 'id')}`;
    assert.equal(rows(await account.get('/batch-webhooks'), 'webhooks').length, 1);
    assert.equal((await account.ask('PATCH', path, { body: { enabled: false } })).body['enabled'], false);
    assert.equal((await account.ask('DELETE', path)).status, 204);
    assert.equal((await account.get(path)).status, 404);
  });

  it('are at most twenty (specification)', async () => {
    const { account } = new Receiver();
    for (let count = 0; count < 20; count++) await addBatchWebhook(account, { url: `${url}&n=${count}` });
    assert.equal((await addBatchWebhook(account, { url })).status, 400);
  });

  it('that wait for their receiver count against the pending batches (from documentation)', async () => {
    const receiver = new Receiver();
    const { account } = receiver;
    account.simulator.webhooks.manual = true;
    account.simulator.batches.manual = true;
    for (let count = 0; count < 20; count++) await addBatchWebhook(account, { url: `${url}&n=${count}` });
    for (let count = 0; count < 25; count++) {
      const id = text((await account.ask('POST', '/batches', { body: { operations } })).body, 'id');
      account.simulator.batches.finish(id);
    }
    assert.equal((await account.ask('POST', '/batches', { body: { operations } })).status, 429);
    await account.simulator.webhooks.deliverDue();
    assert.equal((await account.ask('POST', '/batches', { body: { operations } })).status, 200);
  });
});
