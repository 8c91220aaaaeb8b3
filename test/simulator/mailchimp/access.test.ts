import assert from 'node:assert/strict';
import { apiKey, baseUrl, list, noon, read, refusal, request, TestAccount } from './account.ts';

const invalidKey = "401 API Key Invalid: Your API key may be invalid, or you've attempted to access the wrong datacenter.";

describe('simulated Mailchimp: access', () => {
  it('takes the key as Basic password of any user, and as Bearer (specification)', async () => {
    const account = new TestAccount();
    const basic = `Basic ${Buffer.from(`anybody:${apiKey}`).toString('base64')}`;
    for (const authorization of [basic, `Bearer ${apiKey}`]) {
      assert.equal((await account.ask('GET', '/ping', { headers: { authorization } })).body['health_status'], "Everything's Chimpy!");
    }
  });

  it('refuses a wrong key in the recorded words', async () => {
    const answer = await new TestAccount().ask('GET', '/', { headers: { authorization: `Bearer ${apiKey.replace('us11', 'us12')}` } });
    assert.equal(refusal(answer), invalidKey);
  });

  it('refuses a request without a key (from documentation)', async () => {
    const account = new TestAccount();
    assert.equal(read(await account.simulator.handle(request('GET', '/3.0/', {}))).body['title'], 'API Key Missing');
  });

  it('redirects /3.0 to plain http, as recorded, so that a client which follows would show its key', async () => {
    const account = new TestAccount({ baseUrl: () => 'https://us11.api.mailchimp.test' });
    const ending = read(await account.simulator.handle(request('GET', '/3.0', {})));
    assert.equal(ending.status, 301);
    assert.equal(ending.headers['location'], 'http://us11.api.mailchimp.test/3.0/');
  });

  it('dates every answer by its own clock', async () => {
    const account = new TestAccount();
    assert.equal((await account.get('/ping')).headers['date'], new Date(noon).toUTCString());
    assert.equal((await account.get('/lists/beef')).headers['date'], new Date(noon).toUTCString());
  });

  it('writes refusals as problems whose instance is the X-Request-Id', async () => {
    const answer = await new TestAccount().get('/lists/beef');
    assert.equal(refusal(answer), '404 Resource Not Found: The requested resource could not be found.');
    assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
    assert.equal(answer.body['type'], 'https://mailchimp.com/developer/marketing/docs/errors/');
    assert.equal(answer.body['instance'], answer.headers['x-request-id']);
  });

  it('answers 405 with the methods that a path has (from documentation)', async () => {
    const answer = await new TestAccount().ask('PUT', `/lists/${list}`, { body: {} });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers['allow'], 'GET, POST');
  });

  it('says so when JSON cannot be read (third party)', async () => {
    const answer = await new TestAccount().addMember('{"email_address": ');
    assert.equal(answer.body['title'], 'JSON Parse Error');
  });

  it('refuses, when strict, parameters and body fields that the API does not know', async () => {
    const account = new TestAccount();
    const parameter = await account.members({ cuont: '10' });
    const field = await account.addMember({ email_address: 'ann@example.org', status: 'subscribed', first_name: 'Ann' });
    assert.deepEqual([parameter.status, field.status], [400, 400]);
    assert.match(JSON.stringify(parameter.body['errors']), /"cuont"/);
    assert.match(JSON.stringify(field.body['errors']), /"first_name"/);
  });

  it('overlooks them when it is not strict', async () => {
    const account = new TestAccount({ strict: false });
    assert.equal((await account.members({ cuont: '10' })).status, 200);
    assert.equal((await account.addMember({ email_address: 'ann@example.org', status: 'subscribed', first_name: 'Ann' })).status, 200);
  });

  it('tells of the account and of its audiences', async () => {
    const account = new TestAccount();
    account.have({ email: 'ann@example.org', status: 'subscribed' }, { email: 'bea@example.org', status: 'archived' });
    const root = await account.get('/', { fields: 'account_name,total_subscribers' });
    assert.deepEqual(root.body, { account_name: 'Example Org', total_subscribers: 1 });
    const lists = await account.get('/lists', { fields: 'lists.id,lists.stats.member_count,lists.stats.total_contacts,total_items', include_total_contacts: 'true' });
    assert.deepEqual(lists.body, { lists: [{ id: list, stats: { member_count: 1, total_contacts: 1 } }], total_items: 1 });
    const audience = await account.get(`/lists/${list}`, { exclude_fields: '_links,stats.member_count,contact' });
    assert.equal(audience.body['name'], 'Newsletter');
    assert.ok(!('contact' in audience.body));
    const stats = audience.body['stats'] as Record<string, unknown>;
    assert.deepEqual([stats['member_count'], stats['unsubscribe_count']], [undefined, 0]);
  });

  it('counts and remembers requests without keys, bodies or values of parameters', async () => {
    const account = new TestAccount();
    await account.members({ unique_email_id: 'secret-value' });
    assert.equal(account.simulator.requests, 1);
    const [logged] = account.simulator.log;
    assert.deepEqual(logged, { method: 'GET', path: `/3.0/lists/${list}/members`, parameters: ['unique_email_id'], outcome: 200, at: noon });
    assert.ok(!JSON.stringify(account.simulator.log).includes(apiKey));
  });

  it('puts links to itself into its answers', async () => {
    const { body } = await new TestAccount().get(`/lists/${list}`);
    assert.match(JSON.stringify(body['_links']), new RegExp(`"${baseUrl}/3.0/lists/${list}/members"`));
  });
});
