import assert from 'node:assert/strict';
import { mixedCaseHash, subscriberHash } from '../../../src/simulator/mailchimp/address.ts';
import { list, minute, subscribed, TestAccount, text } from './account.ts';

const ann = 'ann@example.org';
const atNoon = '2026-03-01T12:00:00+00:00';
const aMinuteLater = '2026-03-01T12:01:00+00:00';

/** Ann, subscribed at noon; now it is a minute later. */
function withAnn(): TestAccount {
  const account = new TestAccount();
  account.have({ ...subscribed(ann), mergeFields: { FNAME: 'Ann' } });
  account.later(minute);
  return account;
}

describe('simulated Mailchimp: writes of members', () => {
  it('creates by POST: opt-in and change now, no sign-up time, source of the API (recorded)', async () => {
    const { status, body } = await new TestAccount().addMember({ email_address: 'Ann@Example.org', status: 'subscribed', merge_fields: { FNAME: 'Ann' } });
    assert.equal(status, 200);
    assert.equal(body['id'], subscriberHash(ann));
    assert.match(text(body, 'contact_id'), /^[0-9a-f]{32}$/);
    assert.match(text(body, 'unique_email_id'), /^[0-9a-f]{10}$/);
    assert.deepEqual(
      [body['email_address'], body['timestamp_opt'], body['last_changed'], body['timestamp_signup'], body['ip_opt'], body['source']],
      ['Ann@Example.org', atNoon, atNoon, '', '192.0.2.1', 'API - Generic'],
    );
    assert.deepEqual(body['merge_fields'], { FNAME: 'Ann', LNAME: '', ADDRESS: '', PHONE: '' });
  });

  it('finds a member by hash, by contact_id and by address in any case', async () => {
    const account = withAnn();
    const { body } = await account.member(ann);
    for (const key of [subscriberHash(ann), text(body, 'contact_id'), 'ANN@example.ORG']) {
      assert.equal((await account.member(key)).body['id'], body['id']);
    }
    assert.equal((await account.member(subscriberHash('bea@example.org'))).status, 404);
  });

  it('knows members of very old lists by the hash of the mixed-case address only (third party)', async () => {
    const account = new TestAccount();
    account.have({ ...subscribed('Ann@Example.org'), mixedCaseId: true });
    assert.equal((await account.member(subscriberHash(ann))).status, 404);
    assert.equal((await account.member(mixedCaseHash('Ann@Example.org'))).body['email_address'], 'Ann@Example.org');
    assert.equal((await account.member(ann)).body['id'], mixedCaseHash('Ann@Example.org'));
  });

  it('does not move last_changed for a PUT that changes nothing (recorded)', async () => {
    const account = withAnn();
    await account.putMember(ann, { email_address: ann, status: 'subscribed', status_if_new: 'subscribed', merge_fields: { FNAME: 'Ann', LNAME: '' } });
    assert.equal((await account.member(ann)).body['last_changed'], atNoon);
  });

  it('moves last_changed for a merge field, an interest and a status (recorded)', async () => {
    for (const change of ['merge field', 'interest', 'status']) {
      const account = withAnn();
      account.simulator.setup.createInterestCategory(list, 'Topics');
      const { id } = account.simulator.setup.createInterest(list, 'Topics', 'News');
      const body = { 'merge field': { merge_fields: { FNAME: 'Anna' } }, interest: { interests: { [id]: true } }, status: { status: 'unsubscribed' } }[change];
      await account.patchMember(ann, body);
      assert.equal((await account.member(ann)).body['last_changed'], aMinuteLater, change);
    }
  });

  it('keeps timestamp_opt when an unsubscribed member is subscribed by API (recorded)', async () => {
    const account = withAnn();
    await account.putMember(ann, { status: 'unsubscribed' });
    assert.equal((await account.member(ann)).body['unsubscribe_reason'], 'N/A (Unsubscribed by admin)');
    const { body } = await account.putMember(ann, { status: 'subscribed' });
    assert.deepEqual([body['status'], body['timestamp_opt'], body['last_changed']], ['subscribed', atNoon, aMinuteLater]);
    assert.ok(!('unsubscribe_reason' in body));
  });

  it('archives by DELETE: 204, shown as archived, tags kept; a second one 405 in the recorded words', async () => {
    const account = withAnn();
    account.simulator.administrators.addTag(list, ann, 'donor');
    const path = `/lists/${list}/members/${subscriberHash(ann)}`;
    assert.equal((await account.ask('DELETE', path)).status, 204);
    const { body } = await account.member(ann);
    assert.deepEqual([body['status'], body['last_changed'], body['tags_count']], ['archived', aMinuteLater, 1]);
    const again = await account.ask('DELETE', path);
    assert.equal(again.status, 405);
    assert.equal(again.body['detail'], 'This list member cannot be removed. Can not archive a contact that is bounced, pending or archived');
  });

  it('does not archive the pending and the cleaned (recorded wording)', async () => {
    const account = new TestAccount();
    account.have({ email: ann, status: 'pending' }, { email: 'bea@example.org', status: 'cleaned' });
    for (const address of [ann, 'bea@example.org']) assert.equal((await account.ask('DELETE', `/lists/${list}/members/${address}`)).status, 405);
  });

  it('subscribes an archived address by POST: same contact_id, tags and data kept, timestamp_opt moved (recorded)', async () => {
    const account = new TestAccount();
    account.have({ email: ann, status: 'archived', mergeFields: { PHONE: '+15550100' }, tags: ['donor'] });
    const { contact_id: contactId } = (await account.member(ann)).body;
    account.later(minute);
    const { status, body } = await account.addMember({ email_address: ann, status: 'subscribed', merge_fields: { FNAME: 'Ann' } });
    assert.equal(status, 200);
    assert.deepEqual([body['contact_id'], body['tags_count'], body['timestamp_opt']], [contactId, 1, aMinuteLater]);
    assert.deepEqual(body['merge_fields'], { FNAME: 'Ann', LNAME: '', ADDRESS: '', PHONE: '+15550100' });
  });

  it('subscribes an archived address by PUT with status, or with status_if_new (the latter assumed)', async () => {
    for (const body of [{ status: 'subscribed' }, { status_if_new: 'subscribed' }]) {
      const account = new TestAccount();
      account.have({ email: ann, status: 'archived' });
      account.later(minute);
      assert.equal((await account.putMember(ann, body)).body['timestamp_opt'], aMinuteLater);
      assert.equal((await account.member(ann)).body['status'], 'subscribed');
    }
  });

  it('creates by PUT, and the second time changes nothing', async () => {
    const account = new TestAccount();
    const body = { email_address: ann, status_if_new: 'subscribed' };
    const first = await account.putMember(subscriberHash(ann), body);
    account.later(minute);
    const second = await account.putMember(subscriberHash(ann), body);
    assert.deepEqual(second.body, first.body);
  });

  it('leaves the status of a known member alone for status_if_new', async () => {
    const account = withAnn();
    account.simulator.people.unsubscribe(list, ann);
    assert.equal((await account.putMember(ann, { email_address: ann, status_if_new: 'subscribed' })).body['status'], 'unsubscribed');
  });

  it('creates by the address in the body when nobody has the hash in the path (recorded)', async () => {
    const { status, body } = await new TestAccount().putMember('0'.repeat(32), { email_address: ann, status: 'subscribed' });
    assert.deepEqual([status, body['id']], [200, subscriberHash(ann)]);
  });

  it('wants address and status for a new member', async () => {
    const account = new TestAccount();
    assert.equal((await account.putMember(subscriberHash(ann), { status: 'subscribed' })).status, 400);
    assert.equal((await account.putMember(subscriberHash(ann), { email_address: ann })).status, 400);
    assert.equal((await account.addMember({ email_address: ann })).status, 400);
  });

  it('never writes the status archived', async () => {
    assert.equal((await withAnn().patchMember(ann, { status: 'archived' })).status, 400);
  });

  it('does not create by PATCH', async () => {
    assert.equal((await new TestAccount().patchMember(subscriberHash(ann), { email_address: ann, status: 'subscribed' })).status, 404);
  });

  it('renames: new id, same contact_id, tags kept, old hash unknown, timestamp_opt kept (recorded)', async () => {
    const account = withAnn();
    account.simulator.administrators.addTag(list, ann, 'donor');
    const before = (await account.member(ann)).body;
    const { body } = await account.patchMember(text(before, 'contact_id'), { email_address: 'bea@example.org' });
    assert.deepEqual(
      [body['id'], body['contact_id'], body['tags_count'], body['timestamp_opt'], body['last_changed']],
      [subscriberHash('bea@example.org'), before['contact_id'], 1, atNoon, aMinuteLater],
    );
    assert.equal((await account.member(ann)).status, 404);
  });

  it('keeps the id when only the case of the address changes', async () => {
    const account = new TestAccount();
    account.have({ ...subscribed('Ann@Example.org'), mixedCaseId: true });
    const { body } = await account.patchMember(ann, { email_address: ann });
    assert.deepEqual([body['email_address'], body['id']], [ann, mixedCaseHash('Ann@Example.org')]);
  });

  it('ignores tags in a PUT or PATCH of a known member, and sets them for a new one (third party)', async () => {
    const account = withAnn();
    await account.putMember(ann, { email_address: ann, tags: ['donor'] });
    await account.patchMember(ann, { tags: ['donor'] });
    const known = (await account.member(ann)).body;
    assert.deepEqual([known['tags_count'], known['last_changed']], [0, atNoon]);
    const { body } = await account.addMember({ email_address: 'bea@example.org', status: 'subscribed', tags: ['donor'] });
    assert.equal(body['tags_count'], 1);
  });

  it('leaves a subscribed member as it is when asked to make it pending (assumed)', async () => {
    assert.equal((await withAnn().patchMember(ann, { status: 'pending' })).body['status'], 'subscribed');
  });

  it('deletes for good: the member is unknown from then on', async () => {
    const account = withAnn();
    const answer = await account.ask('POST', `/lists/${list}/members/${subscriberHash(ann)}/actions/delete-permanent`);
    assert.equal(answer.status, 204);
    assert.equal((await account.member(ann)).status, 404);
    assert.equal((await account.members()).body['total_items'], 0);
  });

  it('writes other fields that the specification has', async () => {
    const account = withAnn();
    const permission = account.simulator.setup.createMarketingPermission(list, 'E-mail');
    const { body } = await account.patchMember(ann, {
      vip: true,
      language: 'de',
      email_type: 'text',
      ip_signup: '192.0.2.7',
      timestamp_signup: '2026-02-01T00:00:00+00:00',
      marketing_permissions: [{ marketing_permission_id: permission, enabled: true }],
    });
    assert.deepEqual([body['vip'], body['language'], body['email_type'], body['timestamp_signup']], [true, 'de', 'text', '2026-02-01T00:00:00+00:00']);
    assert.deepEqual(body['marketing_permissions'], [{ marketing_permission_id: permission, text: 'E-mail', enabled: true }]);
  });
});
