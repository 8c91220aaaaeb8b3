import assert from 'node:assert/strict';
import { list, minute, noon, subscribed, TestAccount } from './account.ts';

const ann = 'ann@example.org';
const atNoon = '2026-03-01T12:00:00+00:00';
const aMinuteLater = '2026-03-01T12:01:00+00:00';

function withAnn(): TestAccount {
  const account = new TestAccount();
  account.have(subscribed(ann));
  account.later(minute);
  return account;
}

describe('simulated Mailchimp: people and administrators', () => {
  it('a form without confirmation subscribes at once, with sign-up and opt-in time', async () => {
    const account = new TestAccount();
    assert.ok(account.simulator.people.subscribe(list, ann, { mergeFields: { FNAME: 'Ann' } }));
    const { body } = await account.member(ann);
    assert.deepEqual([body['status'], body['timestamp_signup'], body['timestamp_opt'], body['full_name']], ['subscribed', atNoon, atNoon, 'Ann']);
    assert.ok(!account.simulator.people.subscribe(list, ann), 'nothing to do the second time');
  });

  it('a form with double opt-in leaves a pending member without opt-in time until it is confirmed', async () => {
    const account = new TestAccount();
    account.simulator.people.signUp(list, ann);
    const pending = (await account.member(ann)).body;
    assert.deepEqual([pending['status'], pending['timestamp_opt']], ['pending', '']);
    account.later(minute);
    account.simulator.people.confirm(list, ann);
    const confirmed = (await account.member(ann)).body;
    assert.deepEqual([confirmed['status'], confirmed['timestamp_signup'], confirmed['timestamp_opt']], ['subscribed', atNoon, aMinuteLater]);
    assert.ok(!account.simulator.people.confirm(list, ann));
  });

  it('an own unsubscribe is remembered as such, that of an administrator is not', () => {
    const account = withAnn();
    account.have(subscribed('bea@example.org'));
    account.simulator.people.unsubscribe(list, ann);
    account.simulator.administrators.unsubscribe(list, 'bea@example.org');
    const members = account.simulator.state.lists[0]?.members ?? [];
    assert.deepEqual(members.map(({ status, ownUnsubscribe }) => [status, ownUnsubscribe]), [['unsubscribed', true], ['unsubscribed', false]]);
  });

  it('an administrator cannot subscribe who left by themselves, nor the cleaned', () => {
    const account = withAnn();
    account.have(subscribed('bea@example.org'));
    account.simulator.people.unsubscribe(list, ann);
    account.simulator.administrators.clean(list, 'bea@example.org');
    for (const address of [ann, 'bea@example.org']) assert.ok(!account.simulator.administrators.subscribe(list, address));
  });

  it('an administrator adds an address, and subscribes an unsubscribed one whose opt-in time stays', async () => {
    const account = withAnn();
    account.simulator.administrators.unsubscribe(list, ann);
    assert.ok(account.simulator.administrators.subscribe(list, ann));
    assert.ok(account.simulator.administrators.subscribe(list, 'bea@example.org'));
    assert.equal((await account.member(ann)).body['timestamp_opt'], atNoon);
    assert.equal((await account.member('bea@example.org')).body['source'], 'Admin Add');
  });

  it('a change of address keeps contact_id and gives a new id; a taken address changes nothing', async () => {
    const account = withAnn();
    account.have(subscribed('bea@example.org'));
    const before = (await account.member(ann)).body;
    assert.ok(!account.simulator.people.changeAddress(list, ann, 'bea@example.org'));
    assert.ok(account.simulator.people.changeAddress(list, ann, 'anna@example.org'));
    const after = (await account.member('anna@example.org')).body;
    assert.equal(after['contact_id'], before['contact_id']);
    assert.notEqual(after['id'], before['id']);
    assert.equal((await account.member(ann)).status, 404);
  });

  it('edits of profile and interests move last_changed; edits that change nothing do not', async () => {
    const account = withAnn();
    account.simulator.setup.createInterestCategory(list, 'Topics');
    const { id } = account.simulator.setup.createInterest(list, 'Topics', 'News');
    assert.ok(!account.simulator.people.editProfile(list, ann, { FNAME: '' }));
    assert.ok(!account.simulator.people.setInterest(list, ann, id, false));
    assert.equal((await account.member(ann)).body['last_changed'], atNoon);
    assert.ok(account.simulator.people.setInterest(list, ann, id, true));
    assert.equal((await account.member(ann)).body['last_changed'], aMinuteLater);
  });

  it('tags move last_changed when they come or go (recorded)', async () => {
    const account = withAnn();
    assert.ok(!account.simulator.administrators.removeTag(list, ann, 'donor'));
    assert.equal((await account.member(ann)).body['last_changed'], atNoon);
    assert.ok(account.simulator.administrators.addTag(list, ann, 'donor'));
    assert.equal((await account.member(ann)).body['last_changed'], aMinuteLater);
  });

  it('cuts last_changed to the second', async () => {
    const account = withAnn();
    account.clock.freeze(noon + 1999);
    account.simulator.people.unsubscribe(list, ann);
    assert.equal((await account.member(ann)).body['last_changed'], '2026-03-01T12:00:01+00:00');
  });

  it('saves its whole state as JSON and goes on from it', async () => {
    const account = withAnn();
    account.simulator.people.unsubscribe(list, ann);
    account.simulator.administrators.deletePermanently(list, ann);
    account.simulator.people.subscribe(list, 'bea@example.org');
    const other = new TestAccount();
    other.simulator.load(JSON.parse(JSON.stringify(account.simulator.save())));
    assert.deepEqual(other.simulator.state, account.simulator.state);
    assert.equal((await other.member('bea@example.org')).status, 200);
    assert.equal((await other.addMember({ email_address: ann, status: 'subscribed' })).body['title'], 'Forgotten Email Not Subscribed');
  });

  it('refuses a state that is none of its own', () => {
    assert.throws(() => new TestAccount().simulator.load({ people: [] }), /delete it to begin afresh/);
  });

  it('imports members with their ids, dates and statuses, past all rules', async () => {
    const account = new TestAccount();
    account.have({ email: 'foo@example.com', status: 'cleaned', contactId: 'c'.repeat(32), lastChanged: noon - minute, timestampOpt: null });
    const { body } = await account.member('c'.repeat(32));
    assert.deepEqual([body['email_address'], body['status'], body['last_changed'], body['timestamp_opt']], ['foo@example.com', 'cleaned', '2026-03-01T11:59:00+00:00', '']);
    assert.throws(() => account.have(subscribed('FOO@example.com')), /import each address once/);
  });
});
