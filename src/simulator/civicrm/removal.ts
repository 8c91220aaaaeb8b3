import { changeContact } from './contact-rows.ts';
import { deleteRecords } from './contact-records.ts';
import type { Site } from './site.ts';

/** To the trash: flag and modified_date; groups, e-mails and history stay, and no history row tells of it (recorded). Smart groups lose it at once (read). */
export function trashContact(site: Site, id: number): void {
  site.smartGroups.remove(id);
  changeContact(site, id, { is_deleted: true });
}

export function restoreContact(site: Site, id: number): void {
  changeContact(site, id, { is_deleted: false });
}

/**
 * For good: rows that belong to the contact go with it, without a trace (recorded). That it was merged is still found
 * by 6.18 when it is the duplicate that goes; older versions forget it (recorded).
 */
export function deleteContact(site: Site, id: number): void {
  const { tables } = site;
  site.transactions.commitOf(id);
  site.smartGroups.remove(id);
  for (const row of tables.email.find('contact_id', id)) tables.email.delete(row.id);
  for (const row of tables.groupContact.find('contact_id', id)) tables.groupContact.delete(row.id);
  for (const row of tables.subscriptionHistory.find('contact_id', id)) tables.subscriptionHistory.delete(row.id);
  for (const row of tables.entityTag.find('entity_id', id)) tables.entityTag.delete(row.id);
  deleteRecords(site, id);
  for (const row of tables.merge.find('main_id', id)) tables.merge.delete(row.id);
  if (site.version !== '6.18') for (const row of tables.merge.find('duplicate_id', id)) tables.merge.delete(row.id);
  tables.contact.delete(id);
}

/** A group's memberships and history go with it (recorded). */
export function deleteGroup(site: Site, id: number): void {
  const { tables } = site;
  site.transactions.commitOfGroup(id);
  site.smartGroups.clear(id);
  for (const row of tables.groupContact.find('group_id', id)) tables.groupContact.delete(row.id);
  for (const row of tables.subscriptionHistory.find('group_id', id)) tables.subscriptionHistory.delete(row.id);
  tables.group.delete(id);
}
