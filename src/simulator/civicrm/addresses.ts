import { constraintViolation } from './failures.ts';
import { touch } from './contact-rows.ts';
import type { EmailRow } from './rows.ts';
import type { Site } from './site.ts';

export type EmailColumns = Partial<Omit<EmailRow, 'id'>>;

const HOME = 1;
const NOTHING: Omit<EmailRow, 'id'> = {
  contact_id: null,
  location_type_id: HOME,
  email: null,
  is_primary: false,
  is_billing: false,
  on_hold: 0,
  is_bulkmail: false,
  hold_date: null,
  reset_date: null,
  signature_text: null,
  signature_html: null,
};

export const emailsOf = (site: Site, contactId: number): readonly EmailRow[] => site.tables.email.find('contact_id', contactId);

/** Addresses are kept in lower case and are not checked (recorded). */
const lowerCased = (columns: EmailColumns): EmailColumns => (typeof columns.email === 'string' ? { ...columns, email: columns.email.toLowerCase() } : columns);

/** A new address. The first one of a contact becomes primary (assumed for addresses given alone); dates of a hold are set by CiviCRM. */
export function insertEmail(site: Site, columns: EmailColumns): EmailRow {
  const id = site.tables.email.nextId();
  const contactId = columns.contact_id ?? null;
  if (contactId === null || site.tables.contact.get(contactId) === undefined) throw constraintViolation();
  const first = !emailsOf(site, contactId).some((email) => email.is_primary);
  const given = lowerCased(columns);
  const held = given.on_hold !== undefined && given.on_hold > 0 ? { hold_date: site.time.localNow() } : {};
  const row = site.tables.email.insert({ ...NOTHING, ...given, ...held, is_primary: given.is_primary === true || first, id });
  settleFlags(site, row);
  touch(site, contactId);
  return row;
}

/** Columns that a change of `on_hold` sets: put on hold, hold_date; taken off, reset_date (recorded). */
export function holdDates(site: Site, before: EmailRow, onHold: number | undefined): EmailColumns {
  if (onHold === undefined || onHold === before.on_hold) return {};
  return onHold > 0 ? { hold_date: site.time.localNow(), reset_date: null } : { hold_date: null, reset_date: site.time.localNow() };
}

export function updateEmail(site: Site, id: number, columns: EmailColumns): EmailRow {
  const before = site.tables.email.get(id);
  if (before === undefined) throw new RangeError(`there is no e-mail with the id ${id}`);
  const given = lowerCased(columns);
  const row = site.tables.email.update(id, { ...given, ...holdDates(site, before, given.on_hold) });
  settleFlags(site, row);
  if (before.is_primary && !row.is_primary && row.contact_id !== null) promote(site, row.contact_id, row.id);
  if (row.contact_id !== null) touch(site, row.contact_id);
  return site.tables.email.get(id) ?? row;
}

export function deleteEmail(site: Site, row: EmailRow): void {
  site.tables.email.delete(row.id);
  if (row.contact_id === null) return;
  if (row.is_primary) promote(site, row.contact_id, null);
  touch(site, row.contact_id);
}

/** A contact has one primary and at most one bulk-mail address: the newest takes the flag (recorded). */
function settleFlags(site: Site, row: EmailRow): void {
  if (row.contact_id === null) return;
  for (const other of emailsOf(site, row.contact_id)) {
    if (other.id === row.id) continue;
    if (row.is_primary && other.is_primary) site.tables.email.update(other.id, { is_primary: false });
    if (row.is_bulkmail && other.is_bulkmail) site.tables.email.update(other.id, { is_bulkmail: false });
  }
}

/** When the primary address goes, the oldest of the others takes its place; the only one stays primary (assumed). */
function promote(site: Site, contactId: number, not: number | null): void {
  const others = emailsOf(site, contactId);
  const next = others.find((email) => email.id !== not) ?? others[0];
  if (next !== undefined) site.tables.email.update(next.id, { is_primary: true });
}
