import assert from 'node:assert/strict';
import { list, rows, subscribed, TestAccount, type Answer } from './account.ts';

const ann = 'ann@example.org';
const bea = 'bea@example.org';

function write(account: TestAccount, body: unknown, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return account.ask('POST', `/lists/${list}`, { body, query });
}

describe('simulated Mailchimp: many members in one call (from the specification)', () => {
  it('adds, refuses and counts, each member by itself', async () => {
    const account = new TestAccount();
    account.have(subscribed(ann));
    const members = [ann, bea, 'foo@example.com'].map((address) => ({ email_address: address, status: 'subscribed' }));
    const { body } = await write(account, { members });
    assert.deepEqual([body['total_created'], body['total_updated'], body['error_count']], [1, 0, 2]);
    assert.deepEqual(
      (body['errors'] as { email_address: string; error_code: string }[]).map((one) => [one.email_address, one.error_code]),
      [[ann, 'ERROR_CONTACT_EXISTS'], ['foo@example.com', 'ERROR_GENERIC']],
    );
  });

  it('changes known members when update_existing says so', async () => {
    const account = new TestAccount();
    account.have(subscribed(ann));
    const members = [{ email_address: ann, merge_fields: { FNAME: 'Ann' }, tags: ['donor'] }];
    const { body } = await write(account, { members, update_existing: true });
    assert.deepEqual([body['total_updated'], body['error_count']], [1, 0]);
    const { body: member } = await account.member(ann);
    assert.deepEqual([member['full_name'], member['tags_count']], ['Ann', 1]);
  });

  it('replaces tags with sync_tags', async () => {
    const account = new TestAccount();
    account.have({ ...subscribed(ann), tags: ['old'] });
    await write(account, { members: [{ email_address: ann, tags: ['new'] }], update_existing: true, sync_tags: true });
    const tags = rows(await account.get(`/lists/${list}/members/${ann}/tags`), 'tags');
    assert.deepEqual(tags.map((tag) => tag['name']), ['new']);
  });

  it('names the field of a refused merge field', async () => {
    const account = new TestAccount();
    account.simulator.setup.createMergeField(list, { tag: 'LTV', type: 'number' });
    const { body } = await write(account, { members: [{ email_address: ann, status: 'subscribed', merge_fields: { LTV: 'x' } }] });
    const [error] = body['errors'] as { field: string; field_message: string }[];
    assert.deepEqual([error?.field, error?.field_message], ['LTV', 'Please enter a number']);
  });

  it('takes at most 500, and an address once', async () => {
    const account = new TestAccount();
    const many = Array.from({ length: 501 }, (_one, place) => ({ email_address: `p${place}@example.org`, status: 'subscribed' }));
    assert.equal((await write(account, { members: many })).status, 400);
    const twice = [bea, bea].map((address) => ({ email_address: address, status: 'subscribed' }));
    assert.equal((await write(account, { members: twice })).body['error_count'], 1);
  });
});
