import type { EntityName } from './entity-names.ts';
import type { AnyRow, Caller, Site } from './site.ts';

const seesContacts = (caller: Caller): boolean => caller.permissions.has('view all contacts') || caller.permissions.has('edit all contacts');

/** Whether the caller may see this contact. Without permission reads are empty, not refused (recorded). */
export function seesContact(site: Site, caller: Caller, contactId: number | null): boolean {
  if (!seesContacts(caller) || contactId === null) return false;
  const contact = site.tables.contact.get(contactId);
  return contact !== undefined && (!contact.is_deleted || caller.permissions.has('access deleted contacts'));
}

type Sees = (site: Site, caller: Caller, row: AnyRow) => boolean;

const byContact = (column: string): Sees => (site, caller, row) => seesContact(site, caller, Number(row[column]));

const SEES: Readonly<Record<EntityName, Sees>> = {
  Contact: byContact('id'),
  Email: byContact('contact_id'),
  GroupContact: byContact('contact_id'),
  SubscriptionHistory: byContact('contact_id'),
  EntityTag: byContact('entity_id'),
  Group: (_site, caller) => caller.permissions.has('edit groups') || seesContacts(caller),
  Tag: (_site, caller) => caller.permissions.has('access CiviCRM'),
  Activity: (_site, caller) => caller.permissions.has('view all activities'),
  Phone: byContact('contact_id'),
  Address: byContact('contact_id'),
  Membership: byContact('contact_id'),
  Contribution: byContact('contact_id'),
  Country: () => true,
  StateProvince: () => true,
  MembershipStatus: () => true,
};

/** Rows that belong to a contact are seen by those who see the contact; groups need a permission on groups or contacts (the latter assumed). */
export const seesRow = (site: Site, caller: Caller, entity: EntityName, row: AnyRow): boolean => SEES[entity](site, caller, row);
