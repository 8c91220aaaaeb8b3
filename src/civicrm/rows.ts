import { Type } from 'typebox';
import type { Instant } from '../base/clock.ts';
import { contactId, emailAddress, groupId, historyId } from '../base/ids.ts';
import { checkerOf, type Checked } from '../http/json.ts';
import type { Contact, ContactEmail, Group, GroupContact, HistoryRow } from './reader.ts';

/** Ids and counts come as numbers, from some calls as text (data of facts/civicrm.md). */
const Whole = Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: '^[0-9]+$' })]);
const Flag = Type.Union([Type.Boolean(), Type.Literal(0), Type.Literal(1), Type.Literal('0'), Type.Literal('1')]);
const Text = Type.Union([Type.String(), Type.Null()]);
const OptionalFlag = Type.Union([Flag, Type.Null()]);

/** How the dates of a row are read. */
interface Dates {
  /** null when the text is no date. */
  read(text: string): Instant | null;
}

const isOn = (flag: boolean | 0 | 1 | '0' | '1' | null): boolean => flag === true || flag === 1 || flag === '1';

export const checkId = checkerOf(Type.Object({ id: Whole }));

/** A row with a date of the site's own. */
export const checkDated = checkerOf(Type.Object({ id: Whole, date: Type.String() }));

const checkContact = checkerOf(
  Type.Object({
    id: Whole,
    contact_type: Text,
    first_name: Text,
    last_name: Text,
    is_deleted: Flag,
    is_opt_out: Flag,
    do_not_email: Flag,
    is_deceased: OptionalFlag,
    modified_date: Text,
  }),
);
export const CONTACT_FIELDS = ['id', 'contact_type', 'first_name', 'last_name', 'is_deleted', 'is_opt_out', 'do_not_email', 'is_deceased', 'modified_date'] as const;

export function readContact(row: unknown, dates: Dates): Checked<Contact> {
  const checked = checkContact(row);
  if (!checked.fits) return checked;
  const { value } = checked;
  // The column may be empty on sites that imported old data: never changed, as far as anybody knows.
  const modified = value.modified_date === null ? 0 : dates.read(value.modified_date);
  if (modified === null) return { fits: false, where: '/modified_date is not a date' };
  return {
    fits: true,
    value: {
      id: contactId(Number(value.id)),
      type: value.contact_type ?? '',
      firstName: value.first_name ?? '',
      lastName: value.last_name ?? '',
      isDeleted: isOn(value.is_deleted),
      isOptOut: isOn(value.is_opt_out),
      doNotEmail: isOn(value.do_not_email),
      isDeceased: isOn(value.is_deceased),
      modified,
    },
  };
}

const checkEmail = checkerOf(Type.Object({ id: Whole, contact_id: Whole, email: Text, is_primary: Flag, is_bulkmail: Flag, on_hold: Type.Union([Whole, Type.Boolean()]) }));
export const EMAIL_FIELDS = ['id', 'contact_id', 'email', 'is_primary', 'is_bulkmail', 'on_hold'] as const;

export function readEmail(row: unknown): Checked<ContactEmail> {
  const checked = checkEmail(row);
  if (!checked.fits) return checked;
  const { value } = checked;
  return {
    fits: true,
    value: {
      id: Number(value.id),
      contactId: contactId(Number(value.contact_id)),
      email: emailAddress(value.email ?? ''),
      isPrimary: isOn(value.is_primary),
      isBulkmail: isOn(value.is_bulkmail),
      onHold: Number(value.on_hold),
    },
  };
}

/** The column may be empty, or null. */
export const hasAddress = ({ email }: ContactEmail): boolean => email.trim() !== '';

const checkGroup = checkerOf(Type.Object({ id: Whole, title: Text, is_active: Flag, saved_search_id: Type.Union([Whole, Type.Null()]) }));
export const GROUP_FIELDS = ['id', 'title', 'is_active', 'saved_search_id'] as const;

export function readGroup(row: unknown): Checked<Group> {
  const checked = checkGroup(row);
  if (!checked.fits) return checked;
  const { id, title, is_active: isActive, saved_search_id: savedSearch } = checked.value;
  return { fits: true, value: { id: groupId(Number(id)), title: title ?? '', isActive: isOn(isActive), isSmart: savedSearch !== null } };
}

const checkSearched = checkerOf(Type.Object({ is_active: Flag, cache_date: Text }));
export const SEARCHED_FIELDS = ['id', 'is_active', 'cache_date'] as const;

/** Of a smart group: when CiviCRM last searched; null: it will before it answers. */
export function readSearched(row: unknown, dates: Dates): Checked<{ readonly isActive: boolean; readonly at: Instant | null }> {
  const checked = checkSearched(row);
  if (!checked.fits) return checked;
  const { is_active: isActive, cache_date: date } = checked.value;
  return { fits: true, value: { isActive: isOn(isActive), at: date === null ? null : dates.read(date) } };
}

const checkGroupContact = checkerOf(Type.Object({ contact_id: Whole, group_id: Whole, status: Text }));
export const GROUP_CONTACT_FIELDS = ['id', 'contact_id', 'group_id', 'status'] as const;

export function readGroupContact(row: unknown): Checked<GroupContact> {
  const checked = checkGroupContact(row);
  if (!checked.fits) return checked;
  const { contact_id: contact, group_id: group, status } = checked.value;
  return { fits: true, value: { contactId: contactId(Number(contact)), groupId: groupId(Number(group)), status: status ?? '' } };
}

const checkHistory = checkerOf(Type.Object({ id: Whole, contact_id: Whole, group_id: Type.Union([Whole, Type.Null()]), date: Type.String(), status: Text, tracking: Text }));
export const HISTORY_FIELDS = ['id', 'contact_id', 'group_id', 'date', 'status', 'tracking'] as const;

export function readHistoryRow(row: unknown, dates: Dates): Checked<HistoryRow> {
  const checked = checkHistory(row);
  if (!checked.fits) return checked;
  const { value } = checked;
  const date = dates.read(value.date);
  if (date === null) return { fits: false, where: '/date is not a date' };
  return {
    fits: true,
    value: {
      id: historyId(Number(value.id)),
      contactId: contactId(Number(value.contact_id)),
      groupId: value.group_id === null ? null : groupId(Number(value.group_id)),
      date,
      status: value.status ?? '',
      // CiviCRM's screens leave it null or empty, according to the screen.
      tracking: value.tracking === '' ? null : value.tracking,
    },
  };
}
