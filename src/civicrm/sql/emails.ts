import type { ContactId, EmailAddress } from '../../base/ids.ts';
import type { ContactEmail } from '../reader.ts';
import { EMAIL_FIELDS, readEmail } from '../rows.ts';
import { inList, type Statement } from './statement.ts';
import { stored } from './stored-text.ts';

const TABLE = 'civicrm_email';
const COLUMNS = EMAIL_FIELDS.map((column) => `civicrm_email.${column}`).join(', ');

/**
 * E-mails of live contacts that the database takes for one of these addresses, which are more than asked for: é = e,
 * ß = ss, trailing spaces, any two emoji (facts/civicrm.md). The addresses lead: few rows have each.
 */
export function emailsAt(addresses: readonly EmailAddress[]): Statement<ContactEmail> {
  const listed = inList('civicrm_email.email', addresses.map(stored));
  return {
    table: TABLE,
    sql: `SELECT STRAIGHT_JOIN ${COLUMNS} FROM civicrm_email JOIN civicrm_contact ON civicrm_contact.id = civicrm_email.contact_id WHERE ${listed.sql} AND civicrm_contact.is_deleted = 0 ORDER BY civicrm_email.id`,
    values: listed.values,
    read: readEmail,
  };
}

/** All e-mails of these contacts. */
export function emailsOf(contacts: readonly ContactId[]): Statement<ContactEmail> {
  const listed = inList('contact_id', contacts);
  return { table: TABLE, sql: `SELECT ${COLUMNS} FROM civicrm_email WHERE ${listed.sql}`, values: listed.values, read: readEmail };
}
