import { MINUTE, type Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import { contactId, type ContactId, type EmailAddress } from '../base/ids.ts';
import type { Api4, Api4Call } from './api4.ts';
import { COLUMN, fitColumn } from './column-text.ts';
import { rowsOf } from './queries.ts';
import type { ContactEmail } from './reader.ts';
import { EMAIL_FIELDS, checkId, readEmail } from './rows.ts';
import type { CivicrmWriter } from './writer.ts';

export interface WriteDeadline {
  /** How long after its first attempt a write may be tried again that found no connection. Default 1 minute. */
  readonly writeDeadline?: Duration;
}

/** What one call may hold (facts/civicrm.md: writes are slow, and one that fails leaves half of it written). */
const GROUP_CONTACTS = 100;
const CONTACTS = 25;

/** Writes CiviCRM through APIv4. */
export function createApi4Writer(api: Api4, { writeDeadline = MINUTE }: WriteDeadline = {}): CivicrmWriter {
  const write = (call: Api4Call, signal?: AbortSignal): Promise<readonly unknown[]> => api.write(call, writeDeadline, signal);

  const emailsAt = async (contact: ContactId, email: EmailAddress, signal?: AbortSignal): Promise<readonly ContactEmail[]> => {
    const where = [['contact_id', '=', contact]];
    const emails = await rowsOf(api, { entity: 'Email', select: EMAIL_FIELDS, where, read: readEmail }, writeDeadline, signal);
    return emails.filter((one) => one.email === email);
  };

  const createEmail = async (contact: ContactId, email: EmailAddress, flag: Readonly<Record<string, true>>, signal?: AbortSignal): Promise<void> => {
    if ((await emailsAt(contact, email, signal)).length > 0) return;
    const values = { contact_id: contact, email: storable(email), ...flag };
    await write({ entity: 'Email', action: 'create', params: { values }, people: [email] }, signal);
  };

  return {
    async saveGroupContacts(records, writeId, signal) {
      if (records.length === 0) return;
      const call = {
        entity: 'GroupContact',
        action: 'save',
        params: {
          records: records.map((record) => ({ group_id: record.groupId, contact_id: record.contactId, status: record.status })),
          match: ['group_id', 'contact_id'],
          // `method` is left alone: an unknown one can lose the history row (facts/civicrm.md).
          tracking: `mailchimpsync:${writeId}`,
        },
      };
      atMost(GROUP_CONTACTS, records.length, call);
      complete(records.length, await write(call, signal), call);
    },

    async createContacts(contacts, signal) {
      if (contacts.length === 0) return [];
      const call = {
        entity: 'Contact',
        action: 'save',
        params: {
          records: contacts.map(({ firstName, lastName, email, source }) => ({
            contact_type: 'Individual',
            ...(firstName === '' ? {} : { first_name: fitColumn(firstName, COLUMN.name) }),
            ...(lastName === '' ? {} : { last_name: fitColumn(lastName, COLUMN.name) }),
            'email_primary.email': storable(email),
            source: fitColumn(source, COLUMN.source),
          })),
        },
        people: contacts.flatMap(({ firstName, lastName, email }) => [firstName, lastName, email]),
      };
      atMost(CONTACTS, contacts.length, call);
      const rows = complete(contacts.length, await write(call, signal), call);
      return rows.map((row) => contactId(Number(api.fitting(checkId(row), call).id)));
    },

    async saveNames(contact, { firstName, lastName }, signal) {
      const values = {
        ...(firstName === undefined ? {} : { first_name: fitColumn(firstName, COLUMN.name) }),
        ...(lastName === undefined ? {} : { last_name: fitColumn(lastName, COLUMN.name) }),
      };
      if (Object.keys(values).length === 0) return;
      // The second condition spares a contact in the trash, and makes a missing one no rows instead of an error.
      const where = [['id', '=', contact], ['is_deleted', '=', false]];
      const rows = await write({ entity: 'Contact', action: 'update', params: { where, values }, people: Object.values(values) }, signal);
      if (rows.length === 0) throw new SyncError('civicrm_refused', `POST Contact/update: there is no contact ${contact}, or it is in the trash; its names were not set. The next run looks again.`);
    },

    addEmail: (contact, email, signal) => createEmail(contact, email, { is_bulkmail: true }, signal),

    addFirstEmail: (contact, email, signal) => createEmail(contact, email, { is_primary: true }, signal),

    async holdEmail(contact, email, signal) {
      const ids = (await emailsAt(contact, email, signal)).filter(({ onHold }) => onHold === 0).map(({ id }) => id);
      if (ids.length === 0) return;
      const where = [['id', 'IN', ids], ['contact_id', '=', contact]];
      await write({ entity: 'Email', action: 'update', params: { where, values: { on_hold: 1 } }, people: [email] }, signal);
    },
  };
}

/** An address cut by CiviCRM would be somebody else's, and never be found again. */
function storable(email: EmailAddress): string {
  if (fitColumn(email, COLUMN.address) === email) return email;
  throw new SyncError('civicrm_refused', `An address is longer than the ${COLUMN.address} characters that CiviCRM stores; it was not written. Correct it at Mailchimp.`);
}

function atMost(most: number, given: number, { entity, action }: Api4Call): void {
  if (given > most) throw new SyncError('internal', `${entity}.${action} was given ${given} records and takes ${most} in a call.`);
}

/** The answer to a save has a row for each record, in their order. */
function complete(expected: number, rows: readonly unknown[], { entity, action }: Api4Call): readonly unknown[] {
  if (rows.length === expected) return rows;
  throw new SyncError('civicrm_unexpected', `POST ${entity}/${action}: ${rows.length} rows in the answer to ${expected} records. Read again before anything is repeated.`);
}
