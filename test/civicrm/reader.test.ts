import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { contactId, emailAddress, groupId, historyId } from '../../src/base/ids.ts';
import type { SimulatedRequest } from '../../src/simulator/service.ts';
import { ScriptedService, json } from '../support/scripted-service.ts';
import { clientsOf, formOf, values } from './site.ts';

interface Params {
  readonly where: readonly (readonly [string, string, unknown])[];
  readonly orderBy: unknown;
  readonly limit: number;
}
const paramsOf = (request: SimulatedRequest | undefined): Params => formOf(request) as Params;
const listed = (request: SimulatedRequest): number => {
  const list = paramsOf(request).where[0]?.[2];
  return Array.isArray(list) ? list.length : 0;
};
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

const contactRow = (id: number, more: object = {}): object => ({
  id,
  contact_type: 'Individual',
  first_name: 'Wilma',
  last_name: null,
  is_deleted: false,
  is_opt_out: false,
  do_not_email: false,
  is_deceased: false,
  modified_date: '2026-11-23 04:06:42',
  ...more,
});
const emailRow = (id: number, contact: number, email: string, more: object = {}): object => ({ id, contact_id: contact, email, is_primary: false, is_bulkmail: false, on_hold: 0, ...more });
const historyRow = (id: number, more: object = {}): object => ({ id, contact_id: 11, group_id: 2, date: '2026-11-23 04:06:43', status: 'Added', tracking: null, ...more });

describe('reading CiviCRM', () => {
  it('reads contacts, the trashed ones too, with dates from the site\'s zone', async () => {
    const service = new ScriptedService(values([contactRow(11), contactRow(12, { is_deleted: 1, is_opt_out: '1', is_deceased: null, modified_date: null })]));
    const contacts = await clientsOf(service, { site: { timezone: 'America/New_York' } }).reader.contactsById([contactId(12), contactId(11)]);
    assert.deepEqual(paramsOf(service.asked[0]).where, [['id', 'IN', [12, 11]], ['is_deleted', 'IN', [true, false]]]);
    assert.deepEqual(contacts, [
      { id: 11, type: 'Individual', firstName: 'Wilma', lastName: '', isDeleted: false, isOptOut: false, doNotEmail: false, isDeceased: false, modified: Date.UTC(2026, 10, 23, 9, 6, 42) },
      { id: 12, type: 'Individual', firstName: 'Wilma', lastName: '', isDeleted: true, isOptOut: true, doNotEmail: false, isDeceased: false, modified: 0 },
    ]);
  });

  it('splits long lists, without repeats, and asks nothing for an empty one', async () => {
    const service = new ScriptedService(values([]));
    const { reader } = clientsOf(service);
    await reader.contactsById([...range(1, 2500), 1, 2].map(contactId));
    assert.deepEqual(service.asked.map((request) => listed(request)), [1000, 1000, 500]);
    await reader.contactsById([]);
    await reader.groupContacts([contactId(1)], []);
    assert.equal(service.asked.length, 3);
  });

  it('refuses a row without a field that the user may not see', async () => {
    await assert.rejects(clientsOf(new ScriptedService(values([{ id: 11 }]))).reader.contactsById([contactId(11)]), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_unexpected' && error.message.includes('permission'));
  });

  it('refuses a date that is none', async () => {
    await assert.rejects(clientsOf(new ScriptedService(values([contactRow(11, { modified_date: '0000-00-00 00:00:00' })]))).reader.contactsById([contactId(11)]), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_unexpected' && error.message.includes('modified_date'));
  });

  it('keeps only the very addresses asked for of those that the collation equates', async () => {
    const rows = [emailRow(1, 11, 'wilma@example.org'), emailRow(2, 12, 'wílma@example.org'), emailRow(3, 13, 'wilma@example.org '), emailRow(4, 14, 'Wilma@Example.org')];
    const service = new ScriptedService(values(rows));
    const found = await clientsOf(service).reader.emailsByAddress([emailAddress('wilma@example.org')]);
    assert.deepEqual(found.map(({ id }) => id), [1, 4]);
    assert.deepEqual(paramsOf(service.asked[0]).where, [['email', 'IN', ['wilma@example.org']], ['contact_id.is_deleted', '=', false]]);
  });

  it('puts the best address of a contact first: bulk mail, primary, then the oldest', async () => {
    const rows = [emailRow(1, 12, 'a@x.org'), emailRow(2, 11, 'b@x.org', { is_primary: true }), emailRow(3, 12, 'c@x.org', { is_primary: true }), emailRow(4, 12, 'd@x.org', { is_bulkmail: true }), emailRow(5, 12, 'e@x.org')];
    const found = await clientsOf(new ScriptedService(values(rows))).reader.emailsOfContacts([contactId(12), contactId(11)]);
    assert.deepEqual(found.map(({ id }) => id), [2, 4, 3, 1, 5]);
  });

  it('tells smart and disabled groups', async () => {
    const rows = [{ id: 2, title: 'News', is_active: true, saved_search_id: null }, { id: 5, title: 'Old', is_active: false, saved_search_id: 62 }];
    assert.deepEqual(await clientsOf(new ScriptedService(values(rows))).reader.groups([groupId(2), groupId(5)]), [
      { id: 2, title: 'News', isActive: true, isSmart: false },
      { id: 5, title: 'Old', isActive: false, isSmart: true },
    ]);
  });

  it('pages by id past the last one, ordered, until a page is not full', async () => {
    const service = new ScriptedService(values(range(1, 5000).map((id) => historyRow(id))), values([historyRow(7000)]));
    const rows = await clientsOf(service).reader.historySince(historyId(0), [groupId(2)], 10_000);
    assert.equal(rows.length, 5001);
    assert.deepEqual(service.asked.map((request) => [paramsOf(request).where.at(-1), paramsOf(request).orderBy, paramsOf(request).limit]), [
      [['id', '>', 0], { id: 'ASC' }, 5000],
      [['id', '>', 5000], { id: 'ASC' }, 5000],
    ]);
  });

  it('asks for no more than the limit', async () => {
    const service = new ScriptedService(values([historyRow(1), historyRow(2)]));
    assert.equal((await clientsOf(service).reader.historySince(historyId(0), [groupId(2)], 2)).length, 2);
    assert.deepEqual([service.asked.length, paramsOf(service.asked[0]).limit], [1, 2]);
  });

  it('does not page for ever when rows come out of order', async () => {
    const service = new ScriptedService(values(range(1, 5000).toReversed().map((id) => historyRow(id))));
    await assert.rejects(clientsOf(service).reader.historySince(historyId(1), [groupId(2)], 10_000), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_unexpected');
  });

  it('reads history of the groups and the domain-wide rows', async () => {
    const service = new ScriptedService(values([historyRow(1, { tracking: 'mailchimpsync:w' }), historyRow(2, { group_id: null, status: 'Removed' })]));
    const rows = await clientsOf(service, { site: { timezone: 'America/New_York' } }).reader.history([contactId(11)], [groupId(2)]);
    assert.deepEqual(paramsOf(service.asked[0]).where, [['contact_id', 'IN', [11]], ['OR', [['group_id', 'IN', [2]], ['group_id', 'IS NULL']]]]);
    assert.deepEqual(rows, [
      { id: 1, contactId: 11, groupId: 2, date: Date.UTC(2026, 10, 23, 9, 6, 43), status: 'Added', tracking: 'mailchimpsync:w' },
      { id: 2, contactId: 11, groupId: null, date: Date.UTC(2026, 10, 23, 9, 6, 43), status: 'Removed', tracking: null },
    ]);
  });

  it('counts a membership whose row was made anew while paging once, as it is now', async () => {
    const rows = [{ id: 1, contact_id: 11, group_id: 2, status: 'Removed' }, { id: 9, contact_id: 11, group_id: 2, status: 'Added' }];
    assert.deepEqual(await clientsOf(new ScriptedService(values(rows))).reader.groupContacts([contactId(11)], [groupId(2)]), [{ contactId: 11, groupId: 2, status: 'Added' }]);
  });

  it('reads who is Added by contact id, live contacts only', async () => {
    const service = new ScriptedService(values([{ id: 40, contact_id: 12, group_id: 2, status: 'Added' }]));
    assert.deepEqual(await clientsOf(service).reader.addedAfter(groupId(2), contactId(11), 100), [12]);
    assert.deepEqual(paramsOf(service.asked[0]).where, [['group_id', '=', 2], ['status', '=', 'Added'], ['contact_id.is_deleted', '=', false], ['contact_id', '>', 11]]);
    assert.deepEqual(paramsOf(service.asked[0]).orderBy, { contact_id: 'ASC' });
  });

  it('tells which history ids exist', async () => {
    const service = new ScriptedService(values([{ id: 5 }, { id: 7 }]));
    const { reader } = clientsOf(service);
    assert.deepEqual(await reader.historyIds(historyId(5), historyId(8)), new Set([5, 7]));
    assert.deepEqual(paramsOf(service.asked[0]).where, [['id', '<=', 8], ['id', '>', 4]]);
    assert.deepEqual(await reader.historyIds(historyId(9), historyId(8)), new Set());
  });

  it('bounds the change feed in UTC and sees trashed contacts in it', async () => {
    const service = new ScriptedService(values([{ id: 11 }]));
    await clientsOf(service, { site: { timezone: 'America/New_York' } }).reader.modifiedSince(Date.UTC(2026, 10, 23, 8, 9, 37), null, 100);
    assert.deepEqual(paramsOf(service.asked[0]).where, [['modified_date', '>=', '2026-11-23T08:09:37Z'], ['is_deleted', 'IN', [true, false]]]);
  });

  it('asks for merges many at once and knows "never" in the words of every version', async () => {
    const service = new ScriptedService(json([{ values: [{ id: 38 }] }, { values: [null] }, { values: [[]] }, { values: [] }]));
    const survivors = await clientsOf(service).reader.mergedTo([23, 12, 13, 14].map(contactId));
    assert.deepEqual([...survivors], [[23, 38]]);
    assert.deepEqual((formOf(service.asked[0], 'calls') as unknown[])[0], ['Contact', 'getMergedTo', { contactId: 23 }]);
  });

  it('reads who was merged into a contact', async () => {
    const merged = await clientsOf(new ScriptedService(json([{ values: [{ id: 23 }, { id: 11 }] }, { values: [[]] }]))).reader.mergedFrom([contactId(38), contactId(12)]);
    assert.deepEqual([...merged], [[38, [23, 11]]]);
  });

  it('takes a failed one of several calls for a failure, although the status is 200', async () => {
    const service = new ScriptedService(json([{ values: [null] }, { error_code: 0, error_message: 'No', status: 500 }]));
    await assert.rejects(clientsOf(service).reader.mergedTo([contactId(1), contactId(2)]), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_refused');
  });
});
