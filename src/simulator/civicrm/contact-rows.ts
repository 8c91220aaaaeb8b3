import { randomHex } from './random-text.ts';
import type { ContactRow } from './rows.ts';
import type { Site } from './site.ts';
import { shorten } from './stored-text.ts';

export type ContactColumns = Partial<Omit<ContactRow, 'id'>>;

const NAME_LENGTH = 128;

/** A contact with nothing but defaults. */
const EMPTY_CONTACT: Omit<ContactRow, 'id'> = {
  contact_type: 'Individual',
  external_identifier: null,
  display_name: null,
  organization_name: null,
  contact_sub_type: null,
  first_name: null,
  middle_name: null,
  last_name: null,
  do_not_email: false,
  do_not_phone: false,
  do_not_mail: false,
  do_not_sms: false,
  do_not_trade: false,
  is_opt_out: false,
  legal_identifier: null,
  sort_name: null,
  nick_name: null,
  legal_name: null,
  image_URL: null,
  preferred_communication_method: null,
  preferred_language: 'en_US',
  hash: null,
  api_key: null,
  source: null,
  prefix_id: null,
  suffix_id: null,
  formal_title: null,
  communication_style_id: 1,
  email_greeting_id: null,
  email_greeting_custom: null,
  email_greeting_display: null,
  postal_greeting_id: null,
  postal_greeting_custom: null,
  postal_greeting_display: null,
  addressee_id: null,
  addressee_custom: null,
  addressee_display: null,
  job_title: null,
  gender_id: null,
  birth_date: null,
  is_deceased: false,
  deceased_date: null,
  household_name: null,
  primary_contact_id: null,
  sic_code: null,
  user_unique_id: null,
  employer_id: null,
  is_deleted: false,
  created_date: null,
  modified_date: null,
  preferred_mail_format: 'Both',
};

const PREFIX_NAMES: Readonly<Record<number, string>> = { 1: 'Mrs.', 2: 'Ms.', 3: 'Mr.', 4: 'Dr.' };

type Named = Pick<ContactRow, 'contact_type' | 'first_name' | 'middle_name' | 'last_name' | 'organization_name' | 'household_name' | 'prefix_id'>;

/** `display_name` and `sort_name`, which follow from the names; a contact without a name is shown by its address. */
export function shownNames(contact: Named, email: string | null): Pick<ContactRow, 'display_name' | 'sort_name'> {
  if (contact.contact_type !== 'Individual') {
    const name = (contact.contact_type === 'Organization' ? contact.organization_name : contact.household_name) ?? email;
    return { display_name: cut(name), sort_name: cut(name) };
  }
  const first = contact.first_name ?? '';
  const last = contact.last_name ?? '';
  if (first === '' && last === '') return { display_name: cut(email), sort_name: cut(email) };
  const prefix = contact.prefix_id === null ? '' : (PREFIX_NAMES[contact.prefix_id] ?? '');
  const display = [prefix, first, contact.middle_name ?? '', last].filter((part) => part !== '').join(' ');
  return { display_name: cut(display), sort_name: cut([last, first].filter((part) => part !== '').join(', ')) };
}

const cut = (name: string | null): string | null => (name === null ? null : shorten(name, NAME_LENGTH));

export function greetings(contact: Pick<ContactRow, 'contact_type' | 'first_name' | 'display_name'>): ContactColumns {
  const dear = contact.contact_type === 'Individual' && contact.first_name !== null ? `Dear ${contact.first_name}` : null;
  return { email_greeting_display: dear, postal_greeting_display: dear, addressee_display: contact.display_name };
}

/** Inserts a contact as CiviCRM fills it in; the reply of a create is this row, without its greetings. */
export function insertContact(site: Site, columns: ContactColumns): ContactRow {
  const now = site.time.stamp();
  const type = columns.contact_type ?? 'Individual';
  const greeting = type === 'Organization' ? {} : { email_greeting_id: 1, postal_greeting_id: 1 };
  return site.tables.contact.insert({
    ...EMPTY_CONTACT,
    hash: randomHex(site.random, 32),
    created_date: now,
    modified_date: now,
    addressee_id: type === 'Organization' ? 3 : 1,
    ...greeting,
    ...columns,
    contact_type: type,
    id: site.tables.contact.nextId(),
  });
}

/** Changes columns; `modified_date` moves only if one of them really changes, as MySQL's ON UPDATE does. */
export function changeContact(site: Site, id: number, columns: ContactColumns): ContactRow {
  site.transactions.commitOf(id);
  const before = site.tables.contact.get(id);
  if (before === undefined) throw new RangeError(`there is no contact with the id ${id}`);
  const changed = Object.entries(columns).some(([column, value]) => before[column as keyof ContactRow] !== value);
  return changed ? site.tables.contact.update(id, { ...columns, modified_date: site.time.stamp() }) : before;
}

/** What the triggers of the e-mail table do to the contact. */
export function touch(site: Site, id: number): void {
  site.tables.contact.update(id, { modified_date: site.time.stamp() });
}
