import assert from 'node:assert/strict';
import { updateId } from '../../src/base/ids.ts';
import { operationFor, operationIdOf, updateOfOperation } from '../../src/sync/member-operation.ts';
import { INTEREST, LIST, mailchimpUpdate, P1, P2 } from './samples.ts';

const path = (key: string): string => `/lists/${LIST}/members/${encodeURIComponent(key)}`;
const query = { skip_merge_validation: 'true' };

describe('an update as a request', () => {
  it('puts someone never seen with status_if_new [ifnew]', () => {
    const update = mailchimpUpdate({ isNew: true, key: P1, ask: { status: 'subscribed', interests: { [INTEREST]: true }, firstName: 'Wilma', lastName: '' } });
    assert.deepEqual(operationFor(LIST, update), {
      method: 'PUT',
      path: path(P1),
      query,
      body: { email_address: P1, status_if_new: 'subscribed', interests: { [INTEREST]: true }, merge_fields: { FNAME: 'Wilma', LNAME: '' } },
    });
  });

  it('asks someone never seen as pending where that is wanted', () => {
    const { body } = operationFor(LIST, mailchimpUpdate({ isNew: true, key: P1, ask: { status: 'pending' } }));
    assert.deepEqual(body, { email_address: P1, status_if_new: 'pending' });
  });

  it('patches a known member by its contact_id, with the status only if that changes [patch]', () => {
    assert.deepEqual(operationFor(LIST, mailchimpUpdate({ ask: { firstName: 'Wilma' } })), { method: 'PATCH', path: path('member1'), query, body: { merge_fields: { FNAME: 'Wilma' } } });
    assert.deepEqual(operationFor(LIST, mailchimpUpdate({ ask: { status: 'unsubscribed' } })).body, { status: 'unsubscribed' });
  });

  it('renames by a patch', () => {
    assert.deepEqual(operationFor(LIST, mailchimpUpdate({ ask: { email: P2 } })).body, { email_address: P2 });
  });

  it('puts a member that was gone, whose contact_id is no more', () => {
    assert.deepEqual(operationFor(LIST, mailchimpUpdate({ key: P1, ask: { status: 'subscribed' } })), { method: 'PUT', path: path(P1), query, body: { email_address: P1, status: 'subscribed' } });
  });

  it('sends data with the rest, by the fields that Mailchimp has for them', () => {
    const ask = { firstName: 'Wilma', mergeFields: { JOB: 'Miner' }, language: 'fr', vip: true, marketingPermissions: { p1: true } };
    assert.deepEqual(operationFor(LIST, mailchimpUpdate({ ask })).body, {
      merge_fields: { FNAME: 'Wilma', JOB: 'Miner' },
      language: 'fr',
      vip: true,
      marketing_permissions: [{ marketing_permission_id: 'p1', enabled: true }],
    });
  });

  it('sends tags of somebody new by name, those of a known member to their own endpoint with what becomes of each', () => {
    const tags = { add: ['a'], remove: ['b'] };
    assert.deepEqual(operationFor(LIST, mailchimpUpdate({ isNew: true, key: P1, ask: { status: 'subscribed', tags } })).body, { email_address: P1, status_if_new: 'subscribed', tags: ['a'] });
    assert.deepEqual(operationFor(LIST, mailchimpUpdate({ ask: { tags } })), {
      method: 'POST',
      path: `${path('member1')}/tags`,
      body: { tags: [{ name: 'a', status: 'active' }, { name: 'b', status: 'inactive' }] },
    });
  });

  it('archives by deleting', () => {
    assert.deepEqual(operationFor(LIST, mailchimpUpdate({ ask: { status: 'archived' } })), { method: 'DELETE', path: path('member1') });
  });

  it('has its address encoded', () => {
    assert.ok(operationFor(LIST, mailchimpUpdate({ key: 'wilma+news/a@example.org' })).path.endsWith('/members/wilma%2Bnews%2Fa%40example.org'));
  });

  it('is known again by its operation id, and only in its own store', () => {
    const id = operationIdOf('5-7', updateId(42));
    assert.equal(updateOfOperation('5-7', id), 42);
    assert.equal(updateOfOperation('5', id), null);
    assert.equal(updateOfOperation('other', id), null);
    for (const foreign of [null, '', '42', '5-7-', '5-7-x', '-42']) assert.equal(updateOfOperation('5-7', foreign), null);
  });
});
