import { emailsOf } from './addresses.ts';
import { equalText } from './collation.ts';
import { mergeRecords } from './contact-records.ts';
import { changeContact, touch } from './contact-rows.ts';
import type { Site } from './site.ts';

/**
 * Merges the duplicate into the main contact. No history row is written: rows are re-pointed with their ids or dropped,
 * and the duplicate goes to the trash (recorded; groups as in CRM_Contact_BAO_GroupContact::mergeGroupContact).
 */
export function mergeContacts(site: Site, mainId: number, duplicateId: number): void {
  const { tables } = site;
  site.transactions.commitOf(mainId);
  site.transactions.commitOf(duplicateId);
  mergeGroups(site, mainId, duplicateId);
  site.smartGroups.remove(duplicateId);
  mergeEmails(site, mainId, duplicateId);
  mergeTags(site, mainId, duplicateId);
  mergeRecords(site, mainId, duplicateId);
  // An opt-out of either counts for the one that is kept (assumed; the screen lets the administrator choose).
  const optedOut = tables.contact.get(duplicateId)?.is_opt_out === true;
  if (optedOut) changeContact(site, mainId, { is_opt_out: true });
  touch(site, mainId);
  changeContact(site, duplicateId, { is_deleted: true });
  for (const earlier of tables.merge.find('main_id', duplicateId)) tables.merge.update(earlier.id, { main_id: mainId });
  tables.merge.insert({ id: tables.merge.nextId(), duplicate_id: duplicateId, main_id: mainId, date: site.time.stamp() });
}

function mergeGroups(site: Site, mainId: number, duplicateId: number): void {
  const { groupContact, subscriptionHistory } = site.tables;
  const own = new Map(groupContact.find('contact_id', mainId).map((row) => [row.group_id, row]));
  const kept = new Set<number>();
  for (const row of groupContact.find('contact_id', duplicateId)) {
    const main = own.get(row.group_id);
    if (main === undefined) {
      groupContact.update(row.id, { contact_id: mainId });
      kept.add(row.group_id);
      continue;
    }
    groupContact.delete(row.id);
    if (row.status !== 'Added') continue;
    groupContact.update(main.id, { status: 'Added' });
    kept.add(row.group_id);
  }
  for (const row of subscriptionHistory.find('contact_id', duplicateId)) {
    if (row.group_id !== null && kept.has(row.group_id)) subscriptionHistory.update(row.id, { contact_id: mainId });
    else subscriptionHistory.delete(row.id);
  }
}

/** Addresses that only the duplicate had move with their ids; one that both have stays with the duplicate (recorded). */
function mergeEmails(site: Site, mainId: number, duplicateId: number): void {
  for (const email of emailsOf(site, duplicateId)) {
    const own = emailsOf(site, mainId);
    if (own.some((other) => equalText(other.email ?? '', email.email ?? ''))) continue;
    const isPrimary = email.is_primary && !own.some((other) => other.is_primary);
    const isBulkmail = email.is_bulkmail && !own.some((other) => other.is_bulkmail);
    site.tables.email.update(email.id, { contact_id: mainId, is_primary: isPrimary, is_bulkmail: isBulkmail });
  }
}

function mergeTags(site: Site, mainId: number, duplicateId: number): void {
  const { entityTag } = site.tables;
  const own = new Set(entityTag.find('entity_id', mainId).map((row) => row.tag_id));
  for (const row of entityTag.find('entity_id', duplicateId)) {
    if (own.has(row.tag_id)) entityTag.delete(row.id);
    else entityTag.update(row.id, { entity_id: mainId });
  }
}

/** Who a merged contact has become, chains followed; null when it was never merged. */
export const mergedTo = (site: Site, contactId: number): number | null => site.tables.merge.find('duplicate_id', contactId).at(-1)?.main_id ?? null;

/** All that were merged into a contact, chains followed. */
export const mergedFrom = (site: Site, contactId: number): readonly number[] => site.tables.merge.find('main_id', contactId).map((row) => row.duplicate_id);
