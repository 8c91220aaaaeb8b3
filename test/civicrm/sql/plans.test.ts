import assert from 'node:assert/strict';
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { contactId, emailAddress, groupId, historyId } from '../../../src/base/ids.ts';
import { TIMESTAMPS } from '../../../src/civicrm/sql/column-dates.ts';
import { contactsModified, contactsWith } from '../../../src/civicrm/sql/contacts.ts';
import { emailsAt, emailsOf } from '../../../src/civicrm/sql/emails.ts';
import { addedTo, groupContactsOf, groupsWith } from '../../../src/civicrm/sql/groups.ts';
import { historyIdsIn, historyOf, historyPast } from '../../../src/civicrm/sql/history.ts';
import type { Statement } from '../../../src/civicrm/sql/statement.ts';
import { SqlSite, type SqlPlace } from './sql-place.ts';

const PEOPLE = 4000;
const CREATED = Date.UTC(2026, 0, 1);

const ids = [1, 40, 700, 1200].map(contactId);
const groups = [1, 2].map(groupId);
const STATEMENTS: Readonly<Record<string, Statement<unknown>>> = {
  'contacts by id': contactsWith(ids),
  'contacts modified lately': contactsModified(CREATED + (PEOPLE - 20) * 60_000, null, 5000),
  'e-mails by address': emailsAt(['person1@example.org', 'person2@example.org', 'person3@example.org'].map(emailAddress)),
  'e-mails of contacts': emailsOf(ids),
  groups: groupsWith(groups),
  'group contacts': groupContactsOf(ids, groups),
  'who is Added': addedTo(groupId(1), contactId(100), 500),
  'the history of contacts': historyOf(ids, groups, TIMESTAMPS),
  'the history past an id': historyPast(historyId(3000), groups, 5000, TIMESTAMPS),
  'which history ids there are': historyIdsIn(historyId(10), historyId(60)),
};

describe('how CiviCRM\'s database finds what is read', () => {
  let place: SqlPlace;
  before(async function () {
    const site = await SqlSite.of(this);
    place = await site.place();
    await fill(place.administrator);
  });
  after(async () => {
    await place.remove();
  });

  for (const [what, statement] of Object.entries(STATEMENTS))
    it(`${what}: by an index, and no more than is needed`, async () => {
      const values = statement.values.map((value) => (typeof value === 'number' ? mysql.TypedParameter.BIGINT(value) : value));
      const [plan] = await place.administrator.execute<RowDataPacket[]>(`EXPLAIN ${statement.sql}`, values);
      for (const step of plan) {
        const told = `${String(step['table'])}: ${String(step['type'])} by ${String(step['key'])}, ${String(step['rows'])} rows`;
        assert.notEqual(step['type'], 'ALL', told);
        assert.notEqual(step['key'], null, told);
        assert.ok(Number(step['rows']) < PEOPLE / 2, told);
      }
    });
});

const stamp = (at: number): string => new Date(CREATED + at * 60_000).toISOString().slice(0, 19).replace('T', ' ');

async function fill(connection: Connection): Promise<void> {
  const people = Array.from({ length: PEOPLE }, (_, at) => at + 1);
  await connection.query("SET SESSION time_zone = '+00:00'");
  await connection.query('INSERT INTO civicrm_contact (id, contact_type, first_name, created_date, modified_date, is_deleted) VALUES ?', [people.map((id) => [id, 'Individual', `Person ${id}`, stamp(0), stamp(id), id % 50 === 0 ? 1 : 0])]);
  await connection.query('INSERT INTO civicrm_email (id, contact_id, email, is_primary) VALUES ?', [people.map((id) => [id, id, `person${id}@example.org`, 1])]);
  await connection.query('INSERT INTO civicrm_group (id, name, title, frontend_title) VALUES ?', [[1, 2, 3, 4].map((id) => [id, `group${id}`, `Group ${id}`, `Group ${id}`])]);
  await connection.query('INSERT INTO civicrm_group_contact (group_id, contact_id, status) VALUES ?', [people.map((id) => [(id % 4) + 1, id, id % 3 === 0 ? 'Removed' : 'Added'])]);
  await connection.query('INSERT INTO civicrm_subscription_history (id, contact_id, group_id, date, method, status) VALUES ?', [people.map((id) => [id, id, (id % 4) + 1, stamp(id), 'Admin', 'Added'])]);
  await connection.query('ANALYZE TABLE civicrm_contact, civicrm_email, civicrm_group, civicrm_group_contact, civicrm_subscription_history');
}
