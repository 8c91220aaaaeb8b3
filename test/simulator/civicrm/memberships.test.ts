import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CivicrmSimulator } from '../../../src/simulator/civicrm/simulator.ts';
import type { SubscriptionHistoryRow } from '../../../src/simulator/civicrm/rows.ts';
import { BY_ID, call, rows, site } from './site.ts';

const MATCH = ['group_id', 'contact_id'];

function withGroup(): { civi: CivicrmSimulator; group: number; people: readonly number[] } {
  const { civi } = site();
  const group = civi.acts.createGroup({ title: 'Newsletter' });
  return { civi, group, people: [1, 2, 3, 4].map((index) => civi.acts.createContact({ firstName: `P${index}` })) };
}
const history = (civi: CivicrmSimulator): readonly (readonly [string | null, string | null, string | null])[] =>
  [...civi.tables.subscriptionHistory.all()].map(({ method, status, tracking }: SubscriptionHistoryRow) => [method, status, tracking]);

describe('simulated CiviCRM: memberships by the API', () => {
  it('writes a history row for each record, with method API and the given tracking, also when nothing changes', async () => {
    const { civi, group, people } = withGroup();
    const records = people.slice(0, 2).map((contact) => ({ group_id: group, contact_id: contact, status: 'Added' }));
    const first = await call(civi, 'GroupContact.save', { records, match: MATCH, tracking: 'mark:1' });
    const second = await call(civi, 'GroupContact.save', { records, match: MATCH, tracking: 'mark:2' });
    assert.deepEqual([first.countMatched, second.countMatched], [0, 2]);
    assert.deepEqual(history(civi), [['API', 'Added', 'mark:1'], ['API', 'Added', 'mark:1'], ['API', 'Added', 'mark:2'], ['API', 'Added', 'mark:2']]);
    assert.equal(civi.tables.groupContact.size, 2);
  });

  it('names method and tracking in the reply of the last record only, as null', async () => {
    const { civi, group, people } = withGroup();
    const records = people.slice(0, 2).map((contact) => ({ group_id: group, contact_id: contact }));
    const { values } = await call(civi, 'GroupContact.save', { records, match: MATCH, tracking: 'mark' });
    const end = { custom: null, check_permissions: null };
    assert.deepEqual(values, [
      { id: 1, group_id: group, contact_id: people[0], status: 'Added', ...end },
      { id: 2, group_id: group, contact_id: people[1], status: 'Added', ...end, method: null, tracking: null },
    ]);
  });

  it('ignores method and tracking inside a record', async () => {
    const { civi, group, people } = withGroup();
    await rows(civi, 'GroupContact.save', { records: [{ group_id: group, contact_id: people[0], method: 'Admin', tracking: 'inside' }], match: MATCH });
    assert.deepEqual(history(civi), [['API', 'Added', null]]);
  });

  it('loses the history row of a method longer than 8 characters, and cuts long tracking', async () => {
    const { civi, group, people } = withGroup();
    await rows(civi, 'GroupContact.save', { records: [{ group_id: group, contact_id: people[0] }], match: MATCH, method: 'Mailchimp' });
    assert.deepEqual(history(civi), []);
    assert.equal(civi.tables.groupContact.size, 1);
    await rows(civi, 'GroupContact.save', { records: [{ group_id: group, contact_id: people[0] }], match: MATCH, method: 'Sync', tracking: 't'.repeat(300) });
    assert.deepEqual(history(civi), [['Sync', 'Added', `${'t'.repeat(252)}...`]]);
  });

  it('keeps the status of a row when none is given', async () => {
    const { civi, group, people } = withGroup();
    const save = (record: object): Promise<unknown> => rows(civi, 'GroupContact.save', { records: [{ group_id: group, contact_id: people[0], ...record }], match: MATCH });
    await save({ status: 'Removed' });
    await save({});
    assert.deepEqual(history(civi).map(([, status]) => status), ['Removed', 'Removed']);
  });

  it('is not transactional: what was saved before a failure stays, the rest is not tried', async () => {
    const { civi, group, people } = withGroup();
    civi.acts.addToGroup(people[1] ?? 0, group);
    const answer = await call(civi, 'GroupContact.save', { records: people.slice(0, 3).map((contact) => ({ group_id: group, contact_id: contact })), tracking: 'mark' });
    assert.deepEqual([answer.status, answer.message], [500, 'DB Error: already exists']);
    assert.deepEqual((await rows(civi, 'GroupContact.get', { select: ['contact_id'], ...BY_ID })).map((row) => row['contact_id']), [people[1], people[0]]);
    assert.deepEqual(history(civi).slice(1), [['API', 'Added', 'mark']]);
  });

  it('takes an id for an insert that is refused, so that ids have gaps', async () => {
    const { civi, group, people } = withGroup();
    const create = (contact: number | undefined): Promise<unknown> => call(civi, 'GroupContact.create', { values: { group_id: group, contact_id: contact } });
    await create(people[0]);
    await create(people[0]);
    await create(people[1]);
    assert.deepEqual([...civi.tables.groupContact.all()].map((row) => row.id), [1, 3]);
  });

  it('refuses missing contacts, groups and values, and a status that is too long, but takes any short one', async () => {
    const { civi, group, people } = withGroup();
    const message = async (record: object): Promise<unknown> => (await call(civi, 'GroupContact.save', { records: [record], match: MATCH })).message;
    assert.equal(await message({ group_id: group, contact_id: 999 }), 'DB Error: constraint violation');
    assert.equal(await message({ group_id: 999, contact_id: people[0] }), 'DB Error: constraint violation');
    assert.equal(await message({ group_id: group }), 'Mandatory values missing from Api4 GroupContact::save: contact_id');
    assert.equal(await message({ group_id: group, contact_id: people[0], status: 'Unsubscribed' }), 'DB Error: unknown error');
    assert.equal(await message({ group_id: group, contact_id: people[0], status: 'Bogus' }), undefined);
  });

  it('updates several by where, in the order of ids, and none without an error', async () => {
    const { civi, group, people } = withGroup();
    for (const contact of people.slice(0, 2)) civi.acts.addToGroup(contact, group);
    const update = async (contacts: readonly number[]): Promise<unknown> => (await rows(civi, 'GroupContact.update', { where: [['group_id', '=', group], ['contact_id', 'IN', contacts]], values: { status: 'Removed' }, tracking: 'mark' })).map((row) => row['contact_id']);
    assert.deepEqual(await update(people), people.slice(0, 2));
    assert.deepEqual(await update([999]), []);
  });

  it('records a delete as Deleted, without a mark', async () => {
    const { civi, group, people } = withGroup();
    civi.acts.addToGroup(people[0] ?? 0, group);
    assert.deepEqual((await call(civi, 'GroupContact.delete', { where: [['contact_id', '=', people[0]]] })).values, [{ id: '1' }]);
    assert.deepEqual(history(civi).at(-1), ['API', 'Deleted', null]);
  });

  it('accepts a trashed contact', async () => {
    const { civi, group, people } = withGroup();
    civi.acts.trash(people[0] ?? 0);
    assert.equal((await call(civi, 'GroupContact.create', { values: { group_id: group, contact_id: people[0] } })).status, 200);
  });
});
