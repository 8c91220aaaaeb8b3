import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { subscriberHash } from '../../../src/simulator/mailchimp/address.ts';
import { serve, type ServedService } from '../../../src/simulator/server.ts';
import { apiKey, list, TestAccount } from './account.ts';

type Body = { readonly [name: string]: unknown };
type Query = { readonly [name: string]: unknown };

/** The parts of Mailchimp's own client that are used here; it comes without types. */
interface OfficialClient {
  basePath: string;
  setConfig(config: { readonly apiKey: string; readonly server: string }): void;
  readonly ping: { get(): Promise<Body> };
  readonly root: { getRoot(query?: Query): Promise<Body> };
  readonly lists: {
    getAllLists(query?: Query): Promise<Body>;
    getList(list: string, query?: Query): Promise<Body>;
    getListMembersInfo(list: string, query?: Query): Promise<Body>;
    getListMember(list: string, member: string, query?: Query): Promise<Body>;
    addListMember(list: string, body: Body, query?: Query): Promise<Body>;
    setListMember(list: string, member: string, body: Body, query?: Query): Promise<Body>;
    updateListMember(list: string, member: string, body: Body, query?: Query): Promise<Body>;
    deleteListMember(list: string, member: string): Promise<unknown>;
    deleteListMemberPermanent(list: string, member: string): Promise<unknown>;
    getListMemberTags(list: string, member: string, query?: Query): Promise<Body>;
    updateListMemberTags(list: string, member: string, body: Body): Promise<unknown>;
    batchListMembers(list: string, body: Body, query?: Query): Promise<Body>;
    createListInterestCategory(list: string, body: Body): Promise<Body>;
    createInterestCategoryInterest(list: string, category: string, body: Body): Promise<Body>;
    listInterestCategoryInterests(list: string, category: string, query?: Query): Promise<Body>;
    getListMergeFields(list: string, query?: Query): Promise<Body>;
    createListWebhook(list: string, body: Body): Promise<Body>;
    getListWebhooks(list: string): Promise<Body>;
    deleteListWebhook(list: string, webhook: string): Promise<unknown>;
  };
  readonly batches: {
    start(body: Body): Promise<Body>;
    status(batch: string, query?: Query): Promise<Body>;
    list(query?: Query): Promise<Body>;
    deleteRequest(batch: string): Promise<unknown>;
  };
  readonly batchWebhooks: { create(body: Body): Promise<Body>; list(query?: Query): Promise<Body> };
}

const client = createRequire(import.meta.url)('@mailchimp/mailchimp_marketing') as OfficialClient;

const ann = 'ann@example.org';
const annsHash = subscriberHash(ann);

describe("simulated Mailchimp, driven by Mailchimp's own client over HTTP", () => {
  let account: TestAccount;
  let served: ServedService;

  beforeEach(async () => {
    account = new TestAccount();
    served = await serve(account.simulator, { clock: account.clock });
    client.setConfig({ apiKey, server: 'us11' });
    client.basePath = `${served.url}/3.0`;
  });

  afterEach(() => served.close());

  it('greets it, and tells of account and audiences', async () => {
    assert.equal((await client.ping.get())['health_status'], "Everything's Chimpy!");
    assert.equal((await client.root.getRoot({ fields: ['account_name'] }))['account_name'], 'Example Org');
    assert.equal((await client.lists.getAllLists({ count: 5, offset: 0 }))['total_items'], 1);
    assert.equal((await client.lists.getList(list, { includeTotalContacts: true }))['name'], 'Newsletter');
  });

  it('lets it add, read, list, change, archive and delete a member', async () => {
    const added = await client.lists.addListMember(list, { email_address: ann, status: 'subscribed', merge_fields: { FNAME: 'Ann' } });
    assert.equal(added['id'], annsHash);
    assert.equal((await client.lists.getListMember(list, annsHash, { fields: ['status'] }))['status'], 'subscribed');
    const listed = await client.lists.getListMembersInfo(list, { fields: ['members.id', 'total_items'], count: 1000, sinceLastChanged: '2026-02-28T00:00:00Z' });
    assert.deepEqual(listed, { members: [{ id: annsHash }], total_items: 1 });
    const changed = await client.lists.updateListMember(list, annsHash, { status: 'unsubscribed' }, { skipMergeValidation: true });
    assert.equal(changed['status'], 'unsubscribed');
    assert.equal((await client.lists.setListMember(list, annsHash, { email_address: ann, status_if_new: 'subscribed' }))['status'], 'unsubscribed');
    await client.lists.deleteListMember(list, annsHash);
    assert.equal((await client.lists.getListMember(list, annsHash))['status'], 'archived');
    await client.lists.deleteListMemberPermanent(list, annsHash);
    await assert.rejects(client.lists.getListMember(list, annsHash), { status: 404 });
  });

  it('rejects with the problem that the API answers', async () => {
    account.simulator.people.subscribe(list, ann);
    account.simulator.people.unsubscribe(list, ann);
    await assert.rejects(client.lists.updateListMember(list, annsHash, { status: 'subscribed' }), (error: { status: number; response: { text: string } }) => {
      assert.equal(error.status, 400);
      assert.equal((JSON.parse(error.response.text) as Body)['title'], 'Member In Compliance State');
      return true;
    });
  });

  it('lets it work with tags, interests, merge fields and many members', async () => {
    const bulk = await client.lists.batchListMembers(list, { members: [{ email_address: ann, status: 'subscribed' }], update_existing: false }, { skipMergeValidation: true });
    assert.equal(bulk['total_created'], 1);
    await client.lists.updateListMemberTags(list, annsHash, { tags: [{ name: 'donor', status: 'active' }] });
    assert.equal((await client.lists.getListMemberTags(list, annsHash, { count: 100 }))['total_items'], 1);
    const category = await client.lists.createListInterestCategory(list, { title: 'Topics', type: 'checkboxes' });
    const interest = await client.lists.createInterestCategoryInterest(list, String(category['id']), { name: 'News' });
    const interests = await client.lists.listInterestCategoryInterests(list, String(category['id']), { fields: ['interests.id'] });
    assert.deepEqual(interests, { interests: [{ id: interest['id'] }] });
    assert.equal((await client.lists.getListMergeFields(list, { count: 1000 }))['total_items'], 4);
  });

  it('lets it start, watch, list and cancel batches', async () => {
    const operations = [{ method: 'POST', path: `/lists/${list}/members`, body: JSON.stringify({ email_address: ann, status: 'subscribed' }), operation_id: 'one' }];
    const started = await client.batches.start({ operations });
    let status = await client.batches.status(String(started['id']));
    for (let looks = 0; looks < 10 && status['status'] !== 'finished'; looks++) status = await client.batches.status(String(started['id']));
    assert.deepEqual([status['status'], status['errored_operations']], ['finished', 0]);
    const archive = await fetch(String(status['response_body_url']).replace('http://127.0.0.1:8181', served.url));
    assert.equal(archive.status, 200);
    account.simulator.batches.manual = true;
    const other = await client.batches.start({ operations });
    await client.batches.deleteRequest(String(other['id']));
    assert.equal((await client.batches.list({ count: 10 }))['total_items'], 2);
  });

  it('lets it set up webhooks', async () => {
    const made = await client.lists.createListWebhook(list, { url: 'http://127.0.0.1:1880/hook', events: { subscribe: true }, sources: { user: true, admin: true, api: false } });
    assert.equal((await client.lists.getListWebhooks(list))['total_items'], 1);
    await client.lists.deleteListWebhook(list, String(made['id']));
    assert.equal((await client.lists.getListWebhooks(list))['total_items'], 0);
    await client.batchWebhooks.create({ url: 'http://127.0.0.1:1880/batch-hook' });
    assert.equal((await client.batchWebhooks.list())['total_items'], 1);
  });
});
