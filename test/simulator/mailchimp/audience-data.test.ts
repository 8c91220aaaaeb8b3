import assert from 'node:assert/strict';
import { list, minute, refusal, rows, subscribed, TestAccount, text } from './account.ts';

const ann = 'ann@example.org';
const tags = `/lists/${list}/members/${ann}/tags`;

function withAnn(): TestAccount {
  const account = new TestAccount();
  account.have(subscribed(ann));
  account.later(minute);
  return account;
}

describe('simulated Mailchimp: merge fields', () => {
  it('a new audience has the usual four, listed by tag and without EMAIL (recorded)', async () => {
    const answer = await new TestAccount().get(`/lists/${list}/merge-fields`);
    assert.deepEqual(rows(answer, 'merge_fields').map((field) => [field['tag'], field['type'], field['merge_id']]), [
      ['ADDRESS', 'address', 3],
      ['FNAME', 'text', 1],
      ['LNAME', 'text', 2],
      ['PHONE', 'phone', 4],
    ]);
  });

  it('ignores unknown tags (recorded)', async () => {
    const { status, body } = await withAnn().patchMember(ann, { merge_fields: { email_address: ann, FNAME: 'Ann' } });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body['merge_fields'] as object), ['FNAME', 'LNAME', 'ADDRESS', 'PHONE']);
  });

  it('refuses text in a number field in the recorded words, and changes nothing', async () => {
    const account = withAnn();
    account.simulator.setup.createMergeField(list, { tag: 'LTV', type: 'number' });
    const answer = await account.patchMember(ann, { merge_fields: { FNAME: 'Ann', PHONE: '000', LTV: 'AAAAA' } });
    assert.equal(refusal(answer), '400 Invalid Resource: Your merge fields were invalid.');
    assert.deepEqual(answer.body['errors'], [{ field: 'LTV', message: 'Please enter a number' }]);
    assert.equal((await account.member(ann)).body['full_name'], '');
  });

  it('stores numbers as numbers and dates as YYYY-MM-DD (recorded)', async () => {
    const account = withAnn();
    account.simulator.setup.createMergeField(list, { tag: 'LTV', type: 'number' });
    account.simulator.setup.createMergeField(list, { tag: 'JOINED', type: 'date' });
    const { body } = await account.patchMember(ann, { merge_fields: { LTV: '290.53', JOINED: '12/21/1980' } });
    const fields = body['merge_fields'] as Record<string, unknown>;
    assert.deepEqual([fields['LTV'], fields['JOINED']], [290.53, '1980-12-21']);
  });

  it('wants a complete address, and takes an empty one away (from documentation)', async () => {
    const account = withAnn();
    const whole = { addr1: '1 High Street', city: 'York', state: 'Yorkshire', zip: 'YO1' };
    assert.equal((await account.patchMember(ann, { merge_fields: { ADDRESS: { addr1: '1 High Street' } } })).status, 400);
    const { body } = await account.patchMember(ann, { merge_fields: { ADDRESS: whole } });
    assert.deepEqual((body['merge_fields'] as Record<string, unknown>)['ADDRESS'], { addr1: '1 High Street', addr2: '', city: 'York', state: 'Yorkshire', zip: 'YO1', country: '' });
    const emptied = await account.patchMember(ann, { merge_fields: { ADDRESS: '' } });
    assert.equal((emptied.body['merge_fields'] as Record<string, unknown>)['ADDRESS'], '');
  });

  it('checks choices, birthdays, US phones, zips and links (from documentation)', async () => {
    const account = withAnn();
    account.simulator.setup.createMergeField(list, { tag: 'SIZE', type: 'dropdown', options: { choices: ['S', 'L'] } });
    account.simulator.setup.createMergeField(list, { tag: 'BDAY', type: 'birthday' });
    account.simulator.setup.createMergeField(list, { tag: 'CELL', type: 'phone', options: { phone_format: 'US' } });
    account.simulator.setup.createMergeField(list, { tag: 'ZIP', type: 'zip' });
    account.simulator.setup.createMergeField(list, { tag: 'SITE', type: 'url' });
    const bad = { SIZE: 'M', BDAY: '31/12', CELL: '12', ZIP: 'YO1', SITE: 'home' };
    const answer = await account.patchMember(ann, { merge_fields: bad });
    assert.deepEqual((answer.body['errors'] as { field: string }[]).map(({ field }) => field).toSorted(), Object.keys(bad).toSorted());
    const good = { SIZE: 'S', BDAY: '12/31', CELL: '555-010-0100', ZIP: '90210', SITE: 'https://example.org' };
    assert.equal((await account.patchMember(ann, { merge_fields: good })).status, 200);
  });

  it('wants required fields where somebody is subscribed, unless skip_merge_validation says otherwise', async () => {
    const account = withAnn();
    account.simulator.setup.createMergeField(list, { tag: 'CITY', required: true });
    const body = { email_address: 'bea@example.org', status: 'subscribed' };
    const answer = await account.addMember(body);
    assert.deepEqual(answer.body['errors'], [{ field: 'CITY', message: 'Please enter a value' }]);
    assert.equal((await account.addMember(body, { skip_merge_validation: 'true' })).status, 200);
    assert.equal((await account.patchMember(ann, { status: 'unsubscribed' })).status, 200, 'nobody is kept by it');
  });

  it('writes messages about fields in the account\'s language (recorded: German)', async () => {
    const account = withAnn();
    account.simulator.setup.setLanguage('de');
    account.simulator.setup.createMergeField(list, { tag: 'LASTNAME', required: true });
    const answer = await account.patchMember(ann, { merge_fields: { FNAME: 'Ann' } });
    assert.equal(answer.body['detail'], 'Your merge fields were invalid.');
    assert.deepEqual(answer.body['errors'], [{ field: 'LASTNAME', message: 'Bitte gib einen Wert ein.' }]);
  });

  it('can be added by API', async () => {
    const account = new TestAccount();
    const added = await account.ask('POST', `/lists/${list}/merge-fields`, { body: { tag: 'CITY', name: 'City', type: 'text' } });
    assert.deepEqual([added.body['merge_id'], added.body['tag']], [5, 'CITY']);
    assert.equal((await account.get(`/lists/${list}/merge-fields/5`)).body['name'], 'City');
    assert.equal((await account.ask('POST', `/lists/${list}/merge-fields`, { body: { tag: 'CITY', name: 'Town', type: 'text' } })).status, 400);
  });
});

describe('simulated Mailchimp: tags', () => {
  it('come and go by name: 204, and last_changed moves (recorded)', async () => {
    const account = withAnn();
    const answer = await account.ask('POST', tags, { body: { tags: [{ name: 'donor', status: 'active' }, { name: 'friend', status: 'active' }] } });
    assert.equal(answer.status, 204);
    await account.ask('POST', tags, { body: { tags: [{ name: 'donor', status: 'inactive' }] } });
    const { body } = await account.member(ann);
    assert.deepEqual((body['tags'] as { name: string }[]).map(({ name }) => name), ['friend']);
    assert.equal(body['last_changed'], '2026-03-01T12:01:00+00:00');
  });

  it('do not move last_changed for an empty list (recorded)', async () => {
    const account = withAnn();
    assert.equal((await account.ask('POST', tags, { body: { tags: [] } })).status, 204);
    assert.equal((await account.member(ann)).body['last_changed'], '2026-03-01T12:00:00+00:00');
  });

  it('of an unknown member are 404 (recorded), and need a status', async () => {
    const account = withAnn();
    const path = `/lists/${list}/members/nobody@example.org/tags`;
    assert.equal((await account.ask('POST', path, { body: { tags: [] } })).status, 404);
    assert.equal((await account.ask('POST', tags, { body: { tags: [{ name: 'donor', status: 'on' }] } })).status, 400);
  });
});

describe('simulated Mailchimp: interests', () => {
  it('are added by API in the recorded shape, and not twice', async () => {
    const account = withAnn();
    const categories = `/lists/${list}/interest-categories`;
    const category = await account.ask('POST', categories, { body: { title: 'Days', type: 'checkboxes' } });
    assert.deepEqual([category.body['list_id'], category.body['title'], category.body['display_order'], category.body['type']], [list, 'Days', 1, 'checkboxes']);
    const twice = await account.ask('POST', categories, { body: { title: 'Days', type: 'checkboxes' } });
    assert.equal(refusal(twice), "400 Invalid Resource: An interest category with the title 'Days' already exists.");
    const interests = `${categories}/${text(category.body, 'id')}/interests`;
    const interest = await account.ask('POST', interests, { body: { name: 'Monday' } });
    assert.deepEqual([interest.body['name'], interest.body['subscriber_count']], ['Monday', '0']);
    assert.equal(refusal(await account.ask('POST', interests, { body: { name: 'Monday' } })), '400 Invalid Resource: Cannot add "Monday" because it already exists on the list.');
    assert.equal(rows(await account.get(interests), 'interests').length, 1);
    assert.equal(rows(await account.get(categories), 'categories').length, 1);
  });

  it('are on or off for each member, and counted as a text', async () => {
    const account = withAnn();
    const category = account.simulator.setup.createInterestCategory(list, 'Days');
    const { id } = account.simulator.setup.createInterest(list, 'Days', 'Monday');
    const { body } = await account.patchMember(ann, { interests: { [id]: true } });
    assert.deepEqual(body['interests'], { [id]: true });
    assert.equal((await account.get(`/lists/${list}/interest-categories/${category.id}/interests/${id}`)).body['subscriber_count'], '1');
  });

  it('vanish from members when they are deleted, and cannot be written any more', async () => {
    const account = withAnn();
    const category = account.simulator.setup.createInterestCategory(list, 'Days');
    const { id } = account.simulator.setup.createInterest(list, 'Days', 'Monday');
    await account.patchMember(ann, { interests: { [id]: true } });
    assert.equal((await account.ask('DELETE', `/lists/${list}/interest-categories/${category.id}/interests/${id}`)).status, 204);
    assert.ok(!account.simulator.setup.deleteInterest(list, id), 'it is gone');
    assert.deepEqual((await account.member(ann)).body['interests'], {});
    assert.deepEqual(account.simulator.state.lists[0]?.members[0]?.interests, []);
    assert.equal((await account.patchMember(ann, { interests: { [id]: true } })).status, 400);
  });
});
