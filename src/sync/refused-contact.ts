import { DAY, type Duration, type Instant } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { EmailAddress } from '../base/ids.ts';
import { COLUMN, fitColumn } from '../civicrm/column-text.ts';
import type { FailReason, Row, RowMemory } from '../store/entities.ts';

/** A site may refuse a contact by a rule of its own, or because it is out of order: it is asked again after this long. */
const AGAIN: Duration = DAY;

export const isRefusal = (error: unknown): error is SyncError => error instanceof SyncError && error.code === 'civicrm_refused';

/** Whether CiviCRM can store an address whole. */
export const fitsColumn = (email: EmailAddress): boolean => fitColumn(email, COLUMN.address) === email;

/** Whom CiviCRM is asked to make a contact of. */
export const namesOf = ({ member }: Pick<Row, 'member'>): { readonly firstName: string; readonly lastName: string } => ({ firstName: member?.firstName ?? '', lastName: member?.lastName ?? '' });

/** What a row remembers when CiviCRM makes no contact of its person. An address that does not fit will never do. */
export function refusedContact(row: Row, now: Instant): Pick<RowMemory, 'contactRefused'> {
  const { email } = row;
  if (email === null) return {};
  return { contactRefused: { email, ...namesOf(row), ...(fitsColumn(email) ? { reason: 'other', until: now + AGAIN } : { reason: 'address_refused' }) } };
}

/** Why CiviCRM is not asked for a contact of this person; null: it may be, because it never was, or the address or a name is another. */
export function whyNoContact(row: Row, now: Instant): FailReason | null {
  const { contactRefused: refused } = row.memory;
  const { firstName, lastName } = namesOf(row);
  const isSame = refused !== undefined && refused.email === row.email && refused.firstName === firstName && refused.lastName === lastName;
  return isSame && now < (refused.until ?? Infinity) ? refused.reason : null;
}
