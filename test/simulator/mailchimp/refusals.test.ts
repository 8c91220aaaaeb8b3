import assert from 'node:assert/strict';
import { subscriberHash } from '../../../src/simulator/mailchimp/address.ts';
import { list, refusal, subscribed, TestAccount } from './account.ts';

const ann = 'ann@example.org';
const bea = 'bea@example.org';
const compliance = `400 Member In Compliance State: ${ann} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`;

function withAnn(): TestAccount {
  const account = new TestAccount();
  account.have(subscribed(ann));
  return account;
}

describe('simulated Mailchimp: refusals', () => {
  it('Member Exists, without a type (recorded)', async () => {
    const account = withAnn();
    const answer = await account.addMember({ email_address: 'Ann@example.org', status: 'subscribed' });
    assert.equal(refusal(answer), '400 Member Exists: Ann@example.org is already a list member. Use PUT to insert or update list members.');
    assert.ok(!('type' in answer.body));
  });

  it('Member Exists when a PUT to an unknown hash brings the address of a member (recorded)', async () => {
    const answer = await withAnn().putMember('0'.repeat(32), { email_address: ann, status: 'subscribed' });
    assert.equal(answer.body['title'], 'Member Exists');
  });

  it("Member In Compliance State after the person's own unsubscribe, without a type (recorded); nothing is changed", async () => {
    const account = withAnn();
    account.simulator.people.unsubscribe(list, ann);
    const answer = await account.patchMember(ann, { status: 'subscribed', merge_fields: { FNAME: 'Ann' } });
    assert.equal(refusal(answer), compliance);
    assert.ok(!('type' in answer.body));
    const { body } = await account.member(ann);
    assert.deepEqual([body['status'], (body['merge_fields'] as Record<string, unknown>)['FNAME']], ['unsubscribed', '']);
  });

  it('none after an unsubscribe by API or by an administrator (recorded)', async () => {
    const account = withAnn();
    account.simulator.administrators.unsubscribe(list, ann);
    assert.equal((await account.patchMember(ann, { status: 'subscribed' })).body['status'], 'subscribed');
  });

  it('still takes names of somebody in a compliance state', async () => {
    const account = withAnn();
    account.simulator.people.unsubscribe(list, ann);
    assert.equal((await account.patchMember(ann, { merge_fields: { FNAME: 'Ann' } })).status, 200);
  });

  it('takes pending after an own unsubscribe; the confirmation ends the compliance state', async () => {
    const account = withAnn();
    account.simulator.people.unsubscribe(list, ann);
    assert.equal((await account.patchMember(ann, { status: 'pending' })).body['status'], 'pending');
    assert.ok(account.simulator.people.confirm(list, ann));
    await account.patchMember(ann, { status: 'unsubscribed' });
    assert.equal((await account.patchMember(ann, { status: 'subscribed' })).status, 200);
  });

  it('takes subscribed for somebody who is pending (assumed)', async () => {
    const account = withAnn();
    account.simulator.people.unsubscribe(list, ann);
    await account.patchMember(ann, { status: 'pending' });
    assert.equal((await account.patchMember(ann, { status: 'subscribed' })).body['status'], 'subscribed');
  });

  it('refuses pending as well for who complained and for cleaned addresses (assumed)', async () => {
    for (const act of ['complain', 'clean'] as const) {
      const account = withAnn();
      if (act === 'complain') account.simulator.people.complain(list, ann);
      else account.simulator.administrators.clean(list, ann);
      for (const status of ['subscribed', 'pending']) assert.equal(refusal(await account.patchMember(ann, { status })), compliance, act);
    }
  });

  it('Forgotten Email Not Subscribed for an address deleted for good (recorded), until the person comes by a form', async () => {
    const account = withAnn();
    account.simulator.administrators.deletePermanently(list, ann);
    const body = { email_address: 'ANN@example.org', status: 'subscribed' };
    assert.equal(
      refusal(await account.putMember(subscriberHash(ann), body)),
      '400 Forgotten Email Not Subscribed: ANN@example.org was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.',
    );
    assert.ok(!account.simulator.administrators.subscribe(list, ann));
    assert.ok(account.simulator.people.subscribe(list, ann));
    assert.equal((await account.putMember(subscriberHash(ann), body)).status, 200);
  });

  it('has forgotten nothing of an address that came back by a form and moved away', async () => {
    const account = withAnn();
    account.simulator.administrators.deletePermanently(list, ann);
    account.simulator.people.subscribe(list, ann);
    account.simulator.people.changeAddress(list, ann, bea);
    assert.equal((await account.addMember({ email_address: ann, status: 'subscribed' })).status, 200);
  });

  it('refuses what is no address, and what looks fake, in the recorded words', async () => {
    const account = new TestAccount();
    assert.equal(refusal(await account.addMember({ email_address: 'AAAAA', status: 'subscribed' })), '400 Invalid Resource: Please provide a valid email address.');
    assert.equal(
      refusal(await account.addMember({ email_address: 'foo@example.com', status: 'subscribed' })),
      '400 Invalid Resource: foo@example.com looks fake or invalid, please enter a real email address.',
    );
  });

  it('refuses who signed up to a lot of lists lately, as long as that is so (third party)', async () => {
    const account = new TestAccount();
    account.simulator.administrators.markTooManySignups(list, ann);
    const body = { email_address: ann, status: 'subscribed' };
    assert.match(refusal(await account.addMember(body)), /signed up to a lot of lists very recently; we're not allowing more signups for now$/);
    account.simulator.administrators.markTooManySignups(list, ann, false);
    assert.equal((await account.addMember(body)).status, 200);
  });

  it('refuses a rename onto a member, with the status that the other has (third party)', async () => {
    const account = withAnn();
    account.have({ email: bea, status: 'archived' });
    const answer = await account.patchMember(ann, { email_address: bea });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.body['errors'], [{ field: 'email address', message: `"${bea}" is already in this list with a status of "Archived".` }]);
  });

  it('refuses a rename onto a forgotten address (recorded)', async () => {
    const account = withAnn();
    account.have(subscribed(bea));
    account.simulator.administrators.deletePermanently(list, bea);
    const answer = await account.patchMember(ann, { email_address: bea });
    assert.deepEqual(answer.body['errors'], [{ field: 'email address', message: `"${bea}" is already in this list with a status of "Deleted".` }]);
  });

  it('renames the subscribed only (third party)', async () => {
    const account = withAnn();
    account.simulator.administrators.clean(list, ann);
    const answer = await account.patchMember(ann, { email_address: bea });
    assert.match(JSON.stringify(answer.body['errors']), /This member's status is \\"cleaned.\\"/);
  });

  it('refuses the wrong kind of JSON in the words of its schema (third party)', async () => {
    const answer = await withAnn().patchMember(ann, { interests: [] });
    assert.deepEqual(answer.body['errors'], [{ field: 'interests', message: 'Schema describes object, array found instead' }]);
  });

  it('refuses an interest that the audience does not have (third party)', async () => {
    assert.equal(refusal(await withAnn().patchMember(ann, { interests: { c06bb4b529: true } })), "400 Invalid Resource: Invalid interest ID: 'c06bb4b529'.");
  });
});
