import type { EntityName } from './entity-names.ts';
import type { AnyRow, Caller, Site } from './site.ts';

const seesContacts = (caller: Caller): boolean => caller.permissions.has('view all contacts') || caller.permissions.has('edit all contacts');

/** Whether the caller may see this contact. Without permission reads are empty, not refused (recorded). */
export function seesContact(site: Site, caller: Caller, contactId: number | null): boolean {
  if (!seesContacts(caller) || contactId === null) return false;
  const contact = site.tables.contact.get(contactId);
  return contact !== undefined && (!contact.is_deleted || caller.permissions.has('access deleted contacts'));
}

/** Rows that belong to a contact are seen by those who see the contact; groups need a permission on groups or contacts. */
export function seesRow(site: Site, caller: Caller, entity: EntityName, row: AnyRow): boolean {
  switch (entity) {
    case 'Contact':
      return seesContact(site, caller, row.id);
    case 'Email':
    case 'GroupContact':
    case 'SubscriptionHistory':
      return seesContact(site, caller, Number(row['contact_id']));
    case 'EntityTag':
      return seesContact(site, caller, Number(row['entity_id']));
    case 'Group':
      return caller.permissions.has('edit groups') || seesContacts(caller);
    case 'Tag':
      return caller.permissions.has('access CiviCRM');
    case 'Activity':
      return caller.permissions.has('view all activities');
  }
}
