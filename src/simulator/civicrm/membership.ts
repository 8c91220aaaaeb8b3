import { ApiError, alreadyExists, constraintViolation } from './failures.ts';
import type { GroupContactRow } from './rows.ts';
import type { Site } from './site.ts';
import { shorten } from './stored-text.ts';

/** What a membership change leaves in the history beside its status. */
export interface Mark {
  readonly method: string;
  readonly tracking: string | null;
}

const STATUS_LENGTH = 8;
const METHOD_LENGTH = 8;
const TRACKING_LENGTH = 255;

export const membershipOf = (site: Site, contactId: number, groupId: number): GroupContactRow | undefined =>
  site.tables.groupContact.find('contact_id', contactId).find((row) => row.group_id === groupId);

/** A history row, dated now. A method that the column cannot hold loses the row without an error (recorded). */
export function writeHistory(site: Site, contactId: number, groupId: number | null, status: string, mark: Mark): void {
  if (mark.method.length > METHOD_LENGTH) return;
  site.tables.subscriptionHistory.insert({
    id: site.tables.subscriptionHistory.nextId(),
    contact_id: contactId,
    group_id: groupId,
    date: site.time.stamp(),
    method: mark.method,
    status,
    tracking: mark.tracking === null ? null : shorten(mark.tracking, TRACKING_LENGTH),
  });
}

/** A new membership row with its history. A refused one has taken an id all the same (recorded). */
export function insertMembership(site: Site, contactId: number, groupId: number, status: string, mark: Mark): GroupContactRow {
  checkStatus(status);
  site.transactions.commitOf(contactId);
  const id = site.tables.groupContact.nextId();
  if (membershipOf(site, contactId, groupId) !== undefined) throw alreadyExists();
  if (site.tables.contact.get(contactId) === undefined || site.tables.group.get(groupId) === undefined) throw constraintViolation();
  const row = site.tables.groupContact.insert({ id, group_id: groupId, contact_id: contactId, status, location_id: null, email_id: null });
  writeHistory(site, contactId, groupId, status, mark);
  return row;
}

/** A membership's new status, with a history row even when it is the old one (recorded). */
export function updateMembership(site: Site, id: number, status: string, mark: Mark): GroupContactRow {
  checkStatus(status);
  const contactId = site.tables.groupContact.get(id)?.contact_id;
  if (contactId !== undefined) site.transactions.commitOf(contactId);
  const row = site.tables.groupContact.update(id, { status });
  writeHistory(site, row.contact_id, row.group_id, status, mark);
  return row;
}

/** Takes the row away; the history says Deleted, and cannot be marked (recorded). */
export function deleteMembership(site: Site, row: GroupContactRow, method: string): void {
  site.transactions.commitOf(row.contact_id);
  site.tables.groupContact.delete(row.id);
  writeHistory(site, row.contact_id, row.group_id, 'Deleted', { method, tracking: null });
}

/**
 * "Add contacts to group" of the screens. It replaces the rows of those who are not Added, so that they get new ids,
 * and leaves alone those who are (CRM_Contact_BAO_GroupContact::bulkAddContactsToGroup; history recorded).
 */
export function addByScreen(site: Site, contactId: number, groupId: number, method: string): boolean {
  site.transactions.commitOf(contactId);
  site.smartGroups.outdate(groupId);
  const row = membershipOf(site, contactId, groupId);
  if (row?.status === 'Added') return false;
  if (row !== undefined) site.tables.groupContact.delete(row.id);
  insertMembership(site, contactId, groupId, 'Added', { method, tracking: '' });
  return true;
}

/** "Remove from group" of the screens. In a smart group it makes a row that keeps the contact out, at once (read). */
export function removeByScreen(site: Site, contactId: number, groupId: number, method: string): boolean {
  site.transactions.commitOf(contactId);
  site.smartGroups.removeFrom(groupId, contactId);
  const row = membershipOf(site, contactId, groupId);
  const mark: Mark = { method, tracking: null };
  if (row?.status === 'Removed') return false;
  if (row !== undefined) updateMembership(site, row.id, 'Removed', mark);
  else if (site.tables.group.get(groupId)?.saved_search_id === null) return false;
  else insertMembership(site, contactId, groupId, 'Removed', mark);
  return true;
}

/** "Delete" of a row in the screens: a smart group's search decides anew on the contact. */
export function deleteByScreen(site: Site, contactId: number, groupId: number): boolean {
  const row = membershipOf(site, contactId, groupId);
  if (row === undefined) return false;
  deleteMembership(site, row, 'Admin');
  site.smartGroups.outdate(groupId);
  return true;
}

function checkStatus(status: string): void {
  if (status.length > STATUS_LENGTH) throw new ApiError('DB Error: unknown error');
}
