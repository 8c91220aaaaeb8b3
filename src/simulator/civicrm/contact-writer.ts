import type { EmailColumns } from './addresses.ts';
import { emailsOf, insertEmail, updateEmail } from './addresses.ts';
import type { ContactColumns } from './contact-rows.ts';
import { changeContact, greetings, insertContact, shownNames } from './contact-rows.ts';
import { NotSimulated, alreadyExists, aclCheckFailed } from './failures.ts';
import type { GivenValues } from './given-values.ts';
import { readValues } from './given-values.ts';
import type { Values } from './parameters.ts';
import { deleteContact, trashContact } from './removal.ts';
import type { ContactRow } from './rows.ts';
import type { ShownRow } from './select.ts';
import { encodeStored } from './stored-text.ts';
import type { Writer, Writing } from './writer.ts';
import { REPLY_END, editsContacts, filledColumns, nulls, shownColumns } from './writer.ts';

const NAMES = ['contact_type', 'first_name', 'middle_name', 'last_name', 'organization_name', 'household_name', 'prefix_id'] as const;

/** Names as given, before they are cut to their columns: `display_name` is made of these (recorded). */
function uncut(columns: ContactColumns, values: Values): ContactColumns {
  const names = NAMES.filter((name) => typeof values[name] === 'string' && typeof columns[name] === 'string').map((name) => [name, encodeStored(String(values[name]))]);
  return { ...columns, ...(Object.fromEntries(names) as ContactColumns) };
}

/** `external_identifier` is unique; a refused insert has taken an id (recorded). */
function checkIdentifier(writing: Writing, columns: ContactColumns, own: number | null): void {
  const identifier = columns.external_identifier;
  if (typeof identifier !== 'string') return;
  const { contact } = writing.site.tables;
  if (!contact.find('external_identifier', identifier).some((other) => other.id !== own)) return;
  if (own === null) contact.nextId();
  throw alreadyExists();
}

const primaryAddress = (writing: Writing, contactId: number): string | null => emailsOf(writing.site, contactId).find((email) => email.is_primary)?.email ?? null;

/** Writes `email_primary.*`: changes the primary address in place, or makes one (recorded). */
function writePrimary(writing: Writing, contactId: number, given: GivenValues): ShownRow {
  const names = Object.keys(given.email);
  if (names.length === 0) return {};
  const { columns } = readValues(writing, 'Email', given.email);
  if (columns['email'] === null) throw new NotSimulated('taking an address away by email_primary.email');
  const email: EmailColumns = columns;
  const existing = emailsOf(writing.site, contactId).find((row) => row.is_primary);
  const row = existing === undefined ? insertEmail(writing.site, { ...email, contact_id: contactId, is_primary: true }) : updateEmail(writing.site, existing.id, email);
  return Object.fromEntries(Object.entries(shownColumns(writing, 'Email', row, names)).map(([name, value]) => [`email_primary.${name}`, value]));
}

function settleNames(writing: Writing, id: number, row: ContactRow): void {
  const named = row.display_name === null ? shownNames(row, primaryAddress(writing, id)) : {};
  writing.site.tables.contact.update(id, { ...named, ...greetings({ ...row, ...named }) });
}

export const contactWriter: Writer = {
  entity: 'Contact',
  lastKeys: [],
  mayWrite: ({ caller }, values) => (values['id'] === undefined ? caller.permissions.has('add contacts') : editsContacts(caller)),
  create(writing, values) {
    const given = readValues(writing, 'Contact', values);
    const columns: ContactColumns = given.columns;
    checkIdentifier(writing, columns, null);
    const named = shownNames({ contact_type: 'Individual', first_name: null, middle_name: null, last_name: null, organization_name: null, household_name: null, prefix_id: null, ...uncut(columns, values) }, null);
    const row = insertContact(writing.site, { ...columns, ...named });
    writing.site.breakdown.contactBegun();
    const email = writePrimary(writing, row.id, given);
    settleNames(writing, row.id, row);
    return { ...filledColumns(writing, 'Contact', row), ...email, ...nulls(given.unknown), ...REPLY_END };
  },
  update(writing, before, values) {
    const given = readValues(writing, 'Contact', values);
    const columns: ContactColumns = given.columns;
    checkIdentifier(writing, columns, before.id);
    const existing = writing.site.tables.contact.get(before.id);
    if (existing === undefined) throw aclCheckFailed();
    const renamed = NAMES.some((name) => columns[name] !== undefined);
    const names = renamed ? shownNames({ ...existing, ...uncut(columns, values) }, primaryAddress(writing, before.id)) : {};
    const row = changeContact(writing.site, before.id, { ...columns, ...names });
    const reply = { ...filledColumns(writing, 'Contact', row), ...shownColumns(writing, 'Contact', row, Object.keys(columns)) };
    const email = writePrimary(writing, row.id, given);
    // The reply still has the old greetings (recorded).
    if (renamed) settleNames(writing, row.id, row);
    return { ...reply, ...email, ...nulls(given.unknown), ...REPLY_END };
  },
  delete(writing, row) {
    if (writing.parameters.flag('useTrash', true)) trashContact(writing.site, row.id);
    else deleteContact(writing.site, row.id);
    return { id: row.id };
  },
};
