import assert from 'node:assert/strict';
import { addresses, list, minute, noon, rows, subscribed, TestAccount, text } from './account.ts';

const second = 1000;

function many(count: number): TestAccount {
  const account = new TestAccount();
  account.have(...Array.from({ length: count }, (_one, place) => subscribed(`p${place}@example.org`)));
  return account;
}

/** Three members, changed at noon less 2, 1 and 0 seconds. */
function three(): TestAccount {
  const account = new TestAccount();
  account.have(
    { ...subscribed('early@example.org'), lastChanged: noon - 2 * second },
    { ...subscribed('middle@example.org'), lastChanged: noon - second },
    { ...subscribed('late@example.org'), lastChanged: noon },
  );
  return account;
}

describe('simulated Mailchimp: pages of members', () => {
  it('gives ten members unless asked for more, with the true total', async () => {
    const page = await many(12).members();
    assert.equal(rows(page, 'members').length, 10);
    assert.equal(page.body['total_items'], 12);
    assert.equal(page.body['list_id'], list);
  });

  it('gives at most 1,000 at once (that more is refused is assumed)', async () => {
    const account = many(1);
    assert.equal((await account.members({ count: '1000' })).status, 200);
    assert.equal((await account.members({ count: '1001' })).status, 400);
  });

  it('answers an offset past the end with no members and the true total (recorded)', async () => {
    const page = await many(10).members({ offset: '100' });
    assert.equal(page.status, 200);
    assert.deepEqual([page.body['members'], page.body['total_items']], [[], 10]);
  });

  it('moves offsets when somebody leaves the listing between two pages', async () => {
    const account = many(4);
    const first = await account.members({ count: '2' });
    account.simulator.administrators.archive(list, 'p0@example.org');
    const next = await account.members({ count: '2', offset: '2' });
    assert.deepEqual([...addresses(first), ...addresses(next)], ['p0@example.org', 'p1@example.org', 'p3@example.org']);
  });

  it('lists the archived only when asked for them (inferred from recordings)', async () => {
    const account = new TestAccount();
    account.have(subscribed('ann@example.org'), { email: 'old@example.org', status: 'archived' });
    assert.deepEqual(addresses(await account.members()), ['ann@example.org']);
    assert.deepEqual(addresses(await account.members({ status: 'archived' })), ['old@example.org']);
  });

  it('filters by each status that there is, and refuses others', async () => {
    const account = new TestAccount();
    const statuses = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'] as const;
    account.have(...statuses.map((status) => ({ email: `${status}@example.org`, status })));
    for (const status of statuses) assert.deepEqual(addresses(await account.members({ status })), [`${status}@example.org`]);
    assert.equal((await account.members({ status: 'gone' })).status, 400);
  });

  it('takes since_last_changed as "after": the second itself is not in it (from documentation)', async () => {
    const page = await three().members({ since_last_changed: '2026-03-01T11:59:59+00:00' });
    assert.deepEqual(addresses(page), ['late@example.org']);
  });

  it('ignores an offset in since_last_changed and takes its digits as UTC', async () => {
    const page = await three().members({ since_last_changed: '2026-03-01T11:59:59+05:00' });
    assert.deepEqual(addresses(page), ['late@example.org']);
  });

  it('never answers for a very old since_last_changed (third party)', async () => {
    const ending = await three().end('GET', `/lists/${list}/members`, { query: { since_last_changed: '1970-01-01T00:00:00Z' } });
    assert.deepEqual(ending, { failure: 'hang' });
  });

  it('refuses a date that is none', async () => {
    assert.equal((await three().members({ since_last_changed: 'yesterday' })).status, 400);
  });

  it('takes before_last_changed and the opt-in dates likewise (specification)', async () => {
    const account = three();
    assert.deepEqual(addresses(await account.members({ before_last_changed: '2026-03-01T11:59:59Z' })), ['early@example.org']);
    assert.deepEqual(addresses(await account.members({ since_timestamp_opt: '2026-03-01T11:59:59Z' })), ['late@example.org']);
  });

  it('sorts by the three documented fields, both ways', async () => {
    const account = three();
    account.simulator.people.editProfile(list, 'early@example.org', { FNAME: 'Eve' });
    account.later(second);
    account.simulator.people.editProfile(list, 'middle@example.org', { FNAME: 'Mia' });
    const down = addresses(await account.members({ sort_field: 'last_changed', sort_dir: 'DESC' }));
    assert.equal(down[0], 'middle@example.org');
    const up = addresses(await account.members({ sort_field: 'timestamp_opt', sort_dir: 'ASC' }));
    assert.deepEqual(up, ['early@example.org', 'middle@example.org', 'late@example.org']);
    assert.equal((await account.members({ sort_field: 'email_address' })).status, 400);
  });

  it('sorts anew after a change', async () => {
    const account = three();
    const query = { sort_field: 'last_changed', sort_dir: 'DESC' };
    assert.equal(addresses(await account.members(query))[0], 'late@example.org');
    account.later(minute);
    account.simulator.people.unsubscribe(list, 'early@example.org');
    assert.equal(addresses(await account.members(query))[0], 'early@example.org');
  });

  it('shows only the fields that are asked for', async () => {
    const account = many(1);
    const page = await account.members({ fields: 'members.email_address,members.merge_fields.FNAME,total_items' });
    assert.deepEqual(page.body, { members: [{ email_address: 'p0@example.org', merge_fields: { FNAME: '' } }], total_items: 1 });
  });

  it('leaves out the fields that are excluded', async () => {
    const page = await many(1).members({ exclude_fields: '_links,members._links,members.merge_fields.ADDRESS' });
    const [member] = rows(page, 'members');
    assert.ok(!('_links' in page.body) && member !== undefined && !('_links' in member));
    assert.deepEqual(member['merge_fields'], { FNAME: '', LNAME: '', PHONE: '' });
  });

  it('refuses, when strict, a field that no member has, also on an empty page', async () => {
    const account = new TestAccount();
    assert.equal((await account.members({ fields: 'members.email' })).status, 400);
    assert.equal((await account.members({ fields: 'member.id' })).status, 400);
  });

  it('shows contacts known by phone only, without hash and address', async () => {
    const account = new TestAccount();
    account.have({ email: '', status: 'subscribed', smsPhoneNumber: '+15550100', smsStatus: 'subscribed' });
    const [member] = rows(await account.members(), 'members');
    assert.deepEqual([member?.['id'], member?.['email_address'], member?.['sms_phone_number']], ['', '', '+15550100']);
    assert.match(text(member, 'contact_id'), /^[0-9a-f]{32}$/);
  });

  it('shows fifty tags of a member and counts all', async () => {
    const account = new TestAccount();
    account.have({ ...subscribed('ann@example.org'), tags: Array.from({ length: 60 }, (_one, place) => `tag ${place}`) });
    const { body } = await account.member('ann@example.org');
    assert.equal((body['tags'] as unknown[]).length, 50);
    assert.equal(body['tags_count'], 60);
    const all = await account.get(`/lists/${list}/members/ann@example.org/tags`, { count: '1000' });
    assert.equal(rows(all, 'tags').length, 60);
  });

  it('shows interests only where the audience has some (recorded)', async () => {
    const account = many(1);
    assert.ok(!('interests' in (await account.member('p0@example.org')).body));
    account.simulator.setup.createInterestCategory(list, 'Topics');
    const { id } = account.simulator.setup.createInterest(list, 'Topics', 'News');
    assert.deepEqual((await account.member('p0@example.org')).body['interests'], { [id]: false });
  });

  it('filters by interests (specification)', async () => {
    const account = many(2);
    const category = account.simulator.setup.createInterestCategory(list, 'Topics');
    const { id } = account.simulator.setup.createInterest(list, 'Topics', 'News');
    account.simulator.people.setInterest(list, 'p1@example.org', id, true);
    const query = { interest_category_id: category.id, interest_ids: id };
    assert.deepEqual(addresses(await account.members({ ...query, interest_match: 'any' })), ['p1@example.org']);
    assert.deepEqual(addresses(await account.members({ ...query, interest_match: 'none' })), ['p0@example.org']);
  });

  it('wants a status with since_last_campaign, in the recorded words', async () => {
    const answer = await many(1).members({ since_last_campaign: 'False' });
    assert.equal(answer.body['detail'], 'Status is required when using since_last_campaign filter.');
  });
});
