import type { Instant } from '../../base/clock.ts';
import { contactId, type ContactId } from '../../base/ids.ts';
import { CONTACT_FIELDS, readContact } from '../rows.ts';
import type { Contact } from '../reader.ts';
import { TIMESTAMPS, timestampBound } from './column-dates.ts';
import { idAs, inList, type Statement } from './statement.ts';

const TABLE = 'civicrm_contact';

/** Live and trashed contacts with one of these ids. */
export function contactsWith(ids: readonly ContactId[]): Statement<Contact> {
  const listed = inList('id', ids);
  return { table: TABLE, sql: `SELECT ${CONTACT_FIELDS.join(', ')} FROM civicrm_contact WHERE ${listed.sql} ORDER BY id`, values: listed.values, read: (row) => readContact(row, TIMESTAMPS) };
}

/** Contacts, trashed ones included, modified at or after a moment, by id after `after`. */
export function contactsModified(since: Instant, after: ContactId | null, limit: number): Statement<ContactId> {
  return {
    table: TABLE,
    sql: 'SELECT id FROM civicrm_contact WHERE modified_date >= ? AND id > ? ORDER BY id LIMIT ?',
    values: [timestampBound(since), after ?? 0, limit],
    read: idAs(contactId),
  };
}
