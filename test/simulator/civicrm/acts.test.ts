import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CivicrmSimulator } from '../../../src/simulator/civicrm/simulator.ts';
import { NOW, call, rows, site } from './site.ts';

function withGroup(): { civi: CivicrmSimulator; group: number; wilma: number; fred: number } {
  const { civi } = site();
  const group = civi.acts.createGroup({ title: 'Newsletter' });
  const wilma = civi.acts.createContact({ firstName: 'Wilma', email: 'wilma@example.org' });
  return { civi, group, wilma, fred: civi.acts.createContact({ firstName: 'Fred', email: 'fred@example.org' }) };
}
const history = (civi: CivicrmSimulator): unknown[] => [...civi.tables.subscriptionHistory.all()].map((row) => [row.contact_id, row.group_id, row.method, row.status, row.tracking]);
const status = (civi: CivicrmSimulator, contact: number, group: number): unknown => civi.tables.groupContact.find('contact_id', contact).find((row) => row.group_id === group)?.status;

describe('simulated CiviCRM: what administrators and people do', () => {
  it('writes history by the screens only for a change', () => {
    const { civi, group, wilma } = withGroup();
    assert.deepEqual([civi.acts.addToGroup(wilma, group), civi.acts.addToGroup(wilma, group)], [true, false]);
    assert.deepEqual([civi.acts.removeFromGroup(wilma, group, 'Email'), civi.acts.removeFromGroup(wilma, group)], [true, false]);
    assert.deepEqual(history(civi), [[wilma, group, 'Admin', 'Added', ''], [wilma, group, 'Email', 'Removed', null]]);
  });

  it('gives the row of someone added again a new id', () => {
    const { civi, group, wilma, fred } = withGroup();
    civi.acts.addToGroup(wilma, group);
    civi.acts.removeFromGroup(wilma, group);
    assert.equal(civi.acts.bulkAddToGroup([wilma, fred], group), 2);
    assert.deepEqual([...civi.tables.groupContact.all()].map((row) => [row.id, row.contact_id]), [[2, wilma], [3, fred]]);
  });

  it('leaves no history of a status written past the API, nor of deleting a group', () => {
    const { civi, group, wilma } = withGroup();
    civi.acts.writeGroupStatusBySql(wilma, group, 'Added');
    assert.deepEqual([status(civi, wilma, group), history(civi)], ['Added', []]);
    civi.acts.addToGroup(1, group);
    civi.acts.deleteGroup(group);
    assert.deepEqual([civi.tables.groupContact.size, civi.tables.subscriptionHistory.size, civi.tables.group.get(group)], [0, 0, undefined]);
  });

  it('records an opt-out by the link in a mail without a group, and one by the form not at all', () => {
    const { civi, wilma, fred } = withGroup();
    assert.equal(civi.acts.optOut(wilma, { history: true }), true);
    assert.equal(civi.acts.optOut(fred), true);
    assert.deepEqual(history(civi), [[wilma, null, 'Email', 'Removed', null]]);
    assert.equal(civi.acts.takeBackOptOut(wilma), true);
    assert.deepEqual([civi.tables.contact.get(wilma)?.is_opt_out, civi.tables.contact.get(fred)?.is_opt_out], [false, true]);
  });

  it('makes smart groups, disabled groups, groups of a given id, tags', async () => {
    const { civi, wilma } = withGroup();
    const smart = civi.acts.createGroup({ title: 'Smart', search: [['last_name', '=', 'Rubble']], id: 111 });
    const disabled = civi.acts.createGroup({ title: 'Old', active: false });
    assert.deepEqual([smart, disabled], [111, 112]);
    const groups = await rows(civi, 'Group.get', { select: ['saved_search_id', 'is_active'], where: [['id', 'IN', [smart, disabled]]], orderBy: { id: 'ASC' } });
    assert.deepEqual(groups, [{ id: 111, saved_search_id: 1, is_active: true }, { id: 112, saved_search_id: null, is_active: false }]);
    const [first, second] = [civi.acts.createTag('Bowling club'), civi.acts.createTag('Bowling club')];
    assert.notEqual(first, second);
    assert.deepEqual([civi.acts.tag(wilma, first), civi.acts.tag(wilma, first), civi.acts.untag(wilma, first), civi.acts.untag(wilma, first)], [true, false, true, false]);
    assert.equal((await call(civi, 'Group.create', { values: { title: 'Smart' } })).message, 'DB Error: already exists');
  });

  it('imports contacts with their past, history ids rising with the dates', () => {
    const { civi, group } = withGroup();
    const day = 86_400_000;
    const person = (name: string, added: number, removed: number): Parameters<typeof civi.acts.importContacts>[0][number] => ({
      firstName: name,
      emails: [{ email: `${name}@Example.org` }, { email: `${name}.two@example.org`, isBulkmail: true }],
      groups: [{ groupId: group, status: 'Removed' }],
      history: [{ groupId: group, status: 'Added', date: NOW - added * day }, { groupId: group, status: 'Removed', date: NOW - removed * day, method: 'Email' }],
      isOptOut: true,
      created: NOW - 100 * day,
    });
    const [a, b] = civi.acts.importContacts([person('a', 90, 10), person('b', 80, 20)]);
    assert.deepEqual([...civi.tables.subscriptionHistory.all()].map((row) => [row.id, row.contact_id, row.status]), [[1, a, 'Added'], [2, b, 'Added'], [3, b, 'Removed'], [4, a, 'Removed']]);
    assert.equal(civi.tables.contact.get(a ?? 0)?.modified_date, NOW - 100 * day);
    assert.deepEqual(civi.tables.email.find('contact_id', a ?? 0).map((row) => [row.email, row.is_primary, row.is_bulkmail]), [['a@example.org', true, false], ['a.two@example.org', false, true]]);
  });

  it('throws for contacts and e-mails that do not exist', () => {
    const { civi, group } = withGroup();
    assert.throws(() => civi.acts.trash(999), RangeError);
    assert.throws(() => civi.acts.editEmail(999, 'x@example.org'), RangeError);
    assert.throws(() => civi.acts.begin(999, group, 'Added'), RangeError);
  });
});

describe('simulated CiviCRM: merging', () => {
  it('writes no history, re-points rows with their ids, and puts the duplicate into the trash', async () => {
    const { civi, group, wilma, fred } = withGroup();
    civi.acts.addToGroup(fred, group);
    civi.acts.merge(wilma, fred);
    assert.deepEqual([...civi.tables.groupContact.all()].map((row) => [row.id, row.contact_id]), [[1, wilma]]);
    assert.deepEqual(history(civi), [[wilma, group, 'Admin', 'Added', '']]);
    assert.equal(civi.tables.contact.get(fred)?.is_deleted, true);
    assert.deepEqual(civi.tables.email.find('contact_id', wilma).map((row) => [row.email, row.is_primary]), [['wilma@example.org', true], ['fred@example.org', false]]);
    assert.deepEqual(await rows(civi, 'Contact.getMergedTo', { contactId: fred }), [{ id: wilma }]);
    assert.deepEqual(await rows(civi, 'Contact.getMergedFrom', { contactId: wilma }), [{ id: fred }]);
  });

  it('makes Removed and Added into Added, and Added and Removed stay Added, dropping the history of the duplicate', () => {
    const { civi, group, wilma, fred } = withGroup();
    const other = civi.acts.createGroup({ title: 'Other' });
    civi.acts.addToGroup(wilma, group);
    civi.acts.removeFromGroup(wilma, group);
    civi.acts.addToGroup(fred, group);
    civi.acts.addToGroup(wilma, other);
    civi.acts.addToGroup(fred, other);
    civi.acts.removeFromGroup(fred, other);
    civi.acts.merge(wilma, fred);
    assert.deepEqual([status(civi, wilma, group), status(civi, wilma, other)], ['Added', 'Added']);
    assert.deepEqual([...civi.tables.subscriptionHistory.all()].map((row) => [row.contact_id, row.group_id, row.status]), [[wilma, group, 'Added'], [wilma, group, 'Removed'], [wilma, group, 'Added'], [wilma, other, 'Added']]);
  });

  it('leaves an address that both had with the duplicate', () => {
    const { civi, wilma, fred } = withGroup();
    civi.acts.addEmail(fred, 'wilma@example.org');
    civi.acts.merge(wilma, fred);
    assert.deepEqual(civi.tables.email.find('contact_id', fred).map((row) => row.email), ['wilma@example.org']);
  });

  it('follows chains both ways, and forgets on older versions when the duplicate is deleted for good', async () => {
    for (const [version, after] of [['6.18', [{ id: 6 }]], ['6.15', [[]]]] as const) {
      const { civi } = site({ version });
      const [a, b, c] = ['A', 'B', 'C'].map((name) => civi.acts.createContact({ firstName: name })) as [number, number, number];
      civi.acts.merge(b, a);
      civi.acts.merge(c, b);
      assert.deepEqual(await rows(civi, 'Contact.getMergedTo', { contactId: a }), [{ id: c }]);
      assert.deepEqual(await rows(civi, 'Contact.getMergedFrom', { contactId: c }), [{ id: a }, { id: b }]);
      civi.acts.deletePermanently(a);
      assert.deepEqual(await rows(civi, 'Contact.getMergedTo', { contactId: a }), after);
    }
  });

  it('answers one empty value for a contact that was never merged', async () => {
    const { civi, wilma } = withGroup();
    assert.deepEqual(await rows(civi, 'Contact.getMergedTo', { contactId: wilma }), [null]);
    assert.deepEqual(await rows(civi, 'Contact.getMergedFrom', { contactId: wilma }), [[]]);
  });
});

describe('simulated CiviCRM: long transactions', () => {
  it('shows a history row late, with the lower id and the earlier date', async () => {
    const { civi, clock } = site();
    const group = civi.acts.createGroup({ title: 'Newsletter' });
    const transaction = civi.acts.begin(1, group, 'Added');
    clock.advance(3000);
    civi.acts.addToGroup(2, group);
    const feed = async (): Promise<unknown> => (await rows(civi, 'SubscriptionHistory.get', { select: ['id'], where: [['id', '>', 0]], orderBy: { id: 'ASC' } })).map((row) => row['id']);
    assert.deepEqual([await feed(), status(civi, 1, group)], [[2], undefined]);
    civi.acts.commit(transaction);
    assert.deepEqual([await feed(), status(civi, 1, group)], [[1, 2], 'Added']);
    assert.equal(civi.tables.subscriptionHistory.get(1)?.date, NOW);
  });

  it('never shows the id of one that is rolled back', async () => {
    const { civi, group, wilma, fred } = withGroup();
    civi.acts.rollback(civi.acts.begin(wilma, group, 'Added'));
    civi.acts.addToGroup(fred, group);
    assert.deepEqual(await rows(civi, 'SubscriptionHistory.get', { select: ['contact_id'] }), [{ id: 2, contact_id: fred }]);
  });

  it('makes another write to the same contact wait for its end', async () => {
    const { civi, group, wilma } = withGroup();
    civi.acts.addToGroup(wilma, group);
    civi.acts.begin(wilma, group, 'Pending');
    await rows(civi, 'GroupContact.save', { records: [{ group_id: group, contact_id: wilma, status: 'Removed' }], match: ['group_id', 'contact_id'] });
    assert.deepEqual([...civi.tables.subscriptionHistory.all()].map((row) => row.status), ['Added', 'Pending', 'Removed']);
    assert.equal(status(civi, wilma, group), 'Removed');
  });

  it('refuses a save whose match could not see the row that was being made', async () => {
    const { civi, group, wilma } = withGroup();
    civi.acts.begin(wilma, group, 'Added');
    const answer = await call(civi, 'GroupContact.save', { records: [{ group_id: group, contact_id: wilma, status: 'Removed' }], match: ['group_id', 'contact_id'] });
    assert.equal(answer.message, 'DB Error: already exists');
    assert.equal(status(civi, wilma, group), 'Added');
  });
});
