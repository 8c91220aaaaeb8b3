import type { ContactId, EmailAddress, RowId } from '../../base/ids.ts';
import type { Row } from '../../store/entities.ts';
import { knownUsers } from '../changed-contacts.ts';
import { addressesOf, uses } from '../cluster.ts';
import { unique } from '../collections.ts';
import type { PersonAsked } from './known.ts';
import type { Seen } from './seen.ts';

/** Who is the person that is asked about, and who only hangs together with them: of these no names and no addresses are told. */
export interface Who {
  /** null: nobody can be told apart: several contacts have the address. */
  readonly contact: ContactId | null;
  /** All contacts concerned, by id. */
  readonly contacts: readonly ContactId[];
  readonly addresses: ReadonlySet<EmailAddress>;
  readonly rows: ReadonlySet<RowId>;
}

/** @param asked the rows that the person was found by, @param rows all that hang together */
export function whoIs(person: PersonAsked, asked: readonly Row[], rows: readonly Row[], { civicrm, members, contact: survivor }: Seen): Who {
  const seen = civicrm?.contacts ?? [];
  const contacts = unique([...seen.map(({ id }) => id), ...(civicrm ? [] : rows.flatMap(knownUsers))]).toSorted((one, other) => one - other);
  const at = new Set([...('email' in person ? [person.email] : []), ...asked.flatMap(({ email }) => email ?? []), ...(asked.length === 0 ? (members ?? []).flatMap(({ email }) => email ?? []) : [])]);
  const users = civicrm ? seen.filter((contact) => addressesOf(contact).some((address) => at.has(address)) || asked.some((row) => uses(contact, row))).map(({ id }) => id) : unique(asked.flatMap(knownUsers));
  const contact = survivor === null ? (users.length === 1 ? users[0]! : null) : contacts.includes(survivor) ? survivor : null;
  const own = seen.filter(({ id }) => id === contact).flatMap(addressesOf);
  const addresses = new Set([...('contactId' in person ? [] : at), ...own, ...rows.filter((row) => contact !== null && row.contactId === contact).flatMap(({ email }) => email ?? [])]);
  const hers = rows.filter((row) => asked.includes(row) || (contact !== null && row.contactId === contact) || (row.email !== null && addresses.has(row.email)));
  return { contact, contacts, addresses: new Set([...addresses, ...hers.flatMap(({ email }) => email ?? [])]), rows: new Set(hers.map(({ id }) => id)) };
}
