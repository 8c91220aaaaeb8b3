import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CivicrmSimulator } from '../../../src/simulator/civicrm/simulator.ts';
import { BY_ID, call, everything, rows, site, without } from './site.ts';

function withTrash(): { civi: CivicrmSimulator; live: number; trashed: number } {
  const { civi } = site();
  const live = civi.acts.createContact({ firstName: 'Live', email: 'live@example.org' });
  const trashed = civi.acts.createContact({ firstName: 'Gone', email: 'gone@example.org' });
  civi.acts.trash(trashed);
  return { civi, live, trashed };
}

async function ids(civi: CivicrmSimulator, where: unknown, key?: string): Promise<readonly unknown[]> {
  return (await rows(civi, 'Contact.get', { select: ['id'], where, ...BY_ID }, key)).map((row) => row['id']);
}

describe('simulated CiviCRM: the trash', () => {
  it('hides trashed contacts from reads by anything but an id at the top of where', async () => {
    const { civi, live, trashed } = withTrash();
    assert.deepEqual(await ids(civi, [['id', 'IN', [live, trashed]]]), [live, trashed]);
    assert.deepEqual(await ids(civi, [['id', '=', trashed], ['contact_type', '=', 'Individual']]), [trashed]);
    assert.deepEqual(await ids(civi, [['id', '>=', live]]), [live]);
    assert.deepEqual(await ids(civi, [['OR', [['id', '=', trashed], ['id', '=', live]]]]), [live]);
    assert.deepEqual(await ids(civi, [['email_primary.email', '=', 'gone@example.org']]), []);
  });

  it('shows them once is_deleted is named, even deep inside', async () => {
    const { civi, live, trashed } = withTrash();
    assert.deepEqual(await ids(civi, [['id', '>=', live], ['is_deleted', 'IN', [true, false]]]), [live, trashed]);
    assert.deepEqual(await ids(civi, [['id', '>=', live], ['OR', [['is_deleted', '=', true], ['id', '=', live]]]]), [live, trashed]);
  });

  it('keeps e-mails, groups and history of a trashed contact, and writes no history', async () => {
    const { civi, live } = withTrash();
    const group = civi.acts.createGroup({ title: 'Newsletter' });
    civi.acts.addToGroup(live, group);
    civi.acts.trash(live);
    assert.deepEqual(await rows(civi, 'GroupContact.get', { select: ['status', 'contact_id.is_deleted'], where: [['contact_id', '=', live]] }), [{ id: 1, status: 'Added', 'contact_id.is_deleted': true }]);
    assert.equal((await rows(civi, 'SubscriptionHistory.get', { where: [['contact_id', '=', live]] })).length, 1);
    assert.equal((await rows(civi, 'Email.get', { where: [['contact_id', '=', live]] })).length, 1);
  });

  it('moves modified_date, and so does restoring', async () => {
    const { civi, clock } = site();
    const id = civi.acts.createContact({ firstName: 'X' });
    for (const act of [(): boolean => civi.acts.trash(id), (): boolean => civi.acts.restore(id)]) {
      clock.advance(5000);
      assert.equal(act(), true);
      assert.equal(civi.tables.contact.get(id)?.modified_date, clock.now());
    }
  });

  it('never shows trashed contacts and their rows to a role without "access deleted contacts"', async () => {
    const { civi, live, trashed } = withTrash();
    civi.addKey('no-deleted', without('access deleted contacts'));
    assert.deepEqual(await ids(civi, [['id', 'IN', [live, trashed]], ['is_deleted', 'IN', [true, false]]], 'no-deleted'), [live]);
    assert.deepEqual(await rows(civi, 'Email.get', { where: [['email', '=', 'gone@example.org']] }, 'no-deleted'), []);
  });

  it('does not reach trashed contacts by match, so that save makes another', async () => {
    const { civi, trashed } = withTrash();
    const saved = await call(civi, 'Contact.save', { records: [{ first_name: 'Gone' }], match: ['first_name'] });
    assert.notEqual(saved.values[0]?.['id'], trashed);
    assert.equal(saved.countMatched, 0);
  });

  it('deletes for good with every row of the contact, and says nothing of it', async () => {
    const { civi, live } = withTrash();
    civi.addKey('admin', everything);
    const group = civi.acts.createGroup({ title: 'Newsletter' });
    civi.acts.addToGroup(live, group);
    assert.deepEqual((await call(civi, 'Contact.delete', { where: [['id', '=', live]], useTrash: false }, 'admin')).values, [{ id: live }]);
    for (const entity of ['GroupContact', 'SubscriptionHistory', 'Email']) {
      assert.deepEqual(await rows(civi, `${entity}.get`, { where: [['contact_id', '=', live]] }), [], entity);
    }
  });
});
