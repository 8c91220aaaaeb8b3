import type { ContactColumns } from './contact-rows.ts';
import { greetings, insertContact, shownNames } from './contact-rows.ts';
import type { ImportedContact, ImportedEmail, ImportedHistory } from './records.ts';
import type { Site } from './site.ts';
import { encodeStored, shorten } from './stored-text.ts';

interface DatedHistory extends ImportedHistory {
  readonly contactId: number;
}

/** Puts contacts with their past into the tables; history ids rise with the dates. */
export function importContacts(site: Site, contacts: readonly ImportedContact[]): readonly number[] {
  const history: DatedHistory[] = [];
  const ids = contacts.map((contact) => {
    const id = importContact(site, contact);
    for (const row of contact.history ?? []) history.push({ ...row, contactId: id });
    return id;
  });
  history.sort((a, b) => a.date - b.date);
  for (const row of history) {
    site.tables.subscriptionHistory.insert({
      id: site.tables.subscriptionHistory.nextId(),
      contact_id: row.contactId,
      group_id: row.groupId,
      date: wholeSecond(row.date),
      method: row.method ?? 'Admin',
      status: row.status,
      tracking: row.tracking ?? null,
    });
  }
  return ids;
}

const wholeSecond = (instant: number): number => Math.floor(instant / 1000) * 1000;
const name = (text: string | undefined, length: number): string | null => (text === undefined || text === '' ? null : shorten(encodeStored(text), length));

function importContact(site: Site, contact: ImportedContact): number {
  const primary = contact.emails?.find((email) => email.isPrimary === true) ?? contact.emails?.[0];
  const names = {
    contact_type: contact.type ?? 'Individual',
    first_name: name(contact.firstName, 64),
    middle_name: null,
    last_name: name(contact.lastName, 64),
    organization_name: contact.type === 'Organization' ? name(contact.organizationName, 128) : null,
    household_name: null,
    prefix_id: null,
  };
  const shown = shownNames(names, primary?.email.toLowerCase() ?? null);
  const columns: ContactColumns = {
    ...names,
    ...shown,
    ...greetings({ ...names, ...shown }),
    source: name(contact.source, 255),
    job_title: name(contact.jobTitle, 255),
    do_not_email: contact.doNotEmail ?? false,
    is_opt_out: contact.isOptOut ?? false,
    is_deceased: contact.isDeceased ?? false,
    is_deleted: contact.isDeleted ?? false,
    created_date: wholeSecond(contact.created),
    modified_date: wholeSecond(contact.modified ?? contact.created),
  };
  const { id } = insertContact(site, columns);
  for (const email of contact.emails ?? []) importEmail(site, id, email, email === primary);
  for (const { groupId, status } of contact.groups ?? []) {
    site.tables.groupContact.insert({ id: site.tables.groupContact.nextId(), group_id: groupId, contact_id: id, status, location_id: null, email_id: null });
  }
  for (const tagId of contact.tagIds ?? []) {
    site.tables.entityTag.insert({ id: site.tables.entityTag.nextId(), entity_table: 'civicrm_contact', entity_id: id, tag_id: tagId });
  }
  return id;
}

function importEmail(site: Site, contactId: number, email: ImportedEmail, isPrimary: boolean): void {
  const onHold = email.onHold ?? 0;
  site.tables.email.insert({
    id: site.tables.email.nextId(),
    contact_id: contactId,
    location_type_id: 1,
    email: email.email.toLowerCase(),
    is_primary: isPrimary,
    is_billing: false,
    on_hold: onHold,
    is_bulkmail: email.isBulkmail ?? false,
    hold_date: onHold > 0 ? site.time.localNow() : null,
    reset_date: null,
    signature_text: null,
    signature_html: null,
  });
}
