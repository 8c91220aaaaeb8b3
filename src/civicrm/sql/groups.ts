import { contactId, type ContactId, type GroupId } from '../../base/ids.ts';
import type { Group, GroupContact } from '../reader.ts';
import { GROUP_CONTACT_FIELDS, GROUP_FIELDS, readGroup, readGroupContact } from '../rows.ts';
import { idAs, inList, type Statement } from './statement.ts';

const GROUP_CONTACT = 'civicrm_group_contact';
const COLUMNS = GROUP_CONTACT_FIELDS.map((column) => `civicrm_group_contact.${column}`).join(', ');

export function groupsWith(ids: readonly GroupId[]): Statement<Group> {
  const listed = inList('id', ids);
  return { table: 'civicrm_group', sql: `SELECT ${GROUP_FIELDS.join(', ')} FROM civicrm_group WHERE ${listed.sql} ORDER BY id`, values: listed.values, read: readGroup };
}

/** What these contacts are in these groups. */
export function groupContactsOf(contacts: readonly ContactId[], groups: readonly GroupId[]): Statement<GroupContact> {
  const listed = inList('contact_id', contacts);
  const bound = inList('group_id', groups);
  return { table: GROUP_CONTACT, sql: `SELECT ${COLUMNS} FROM civicrm_group_contact WHERE ${listed.sql} AND ${bound.sql}`, values: [...listed.values, ...bound.values], read: readGroupContact };
}

/** Live contacts that are Added to a group, by contact id after `after`. */
export function addedTo(group: GroupId, after: ContactId | null, limit: number): Statement<ContactId> {
  return {
    table: GROUP_CONTACT,
    sql:
      'SELECT STRAIGHT_JOIN civicrm_group_contact.contact_id AS id FROM civicrm_group_contact JOIN civicrm_contact ON civicrm_contact.id = civicrm_group_contact.contact_id ' +
      "WHERE civicrm_group_contact.group_id = ? AND civicrm_group_contact.status = 'Added' AND civicrm_group_contact.contact_id > ? AND civicrm_contact.is_deleted = 0 " +
      'ORDER BY civicrm_group_contact.contact_id LIMIT ?',
    values: [group, after ?? 0, limit],
    read: idAs(contactId),
  };
}
