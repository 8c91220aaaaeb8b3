import { deleteEmail, insertEmail, updateEmail } from './addresses.ts';
import { changeContact, greetings, insertContact, shownNames } from './contact-rows.ts';
import type { ContactColumns } from './contact-rows.ts';
import { packList } from './column-text.ts';
import { insertEntityTag, insertGroup, insertTag } from './group-rows.ts';
import { importContacts } from './import.ts';
import { addByScreen, deleteByScreen, membershipOf, removeByScreen, writeHistory } from './membership.ts';
import { mergeContacts } from './merge.ts';
import type { ImportedContact, NewContact, NewGroup } from './records.ts';
import { deleteContact, deleteGroup, restoreContact, trashContact } from './removal.ts';
import type { ContactRow, EmailRow } from './rows.ts';
import type { Where } from './saved-searches.ts';
import { changeSavedSearch, insertSavedSearch } from './saved-searches.ts';
import type { Site } from './site.ts';
import { encodeStored, shorten } from './stored-text.ts';

/** Where a membership was changed; it goes into the history. */
export type HistoryMethod = 'Admin' | 'Email' | 'Form' | 'Web' | 'API';

const MAILING_LIST = packList(['2']);
const NAME_LENGTH = 64;

/**
 * What administrators and people do in CiviCRM, with exactly the traces that it leaves (facts/civicrm.md).
 * All happen now by the site's clock. An unknown id throws a RangeError; an act that has nothing to do returns false.
 */
export class CivicrmActs {
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
  }

  createContact(contact: NewContact): number {
    const columns: ContactColumns = { first_name: stored(contact.firstName), last_name: stored(contact.lastName), source: contact.source ?? null };
    const row = insertContact(this.#site, columns);
    if (contact.email !== undefined) insertEmail(this.#site, { contact_id: row.id, email: contact.email, is_primary: true });
    const names = shownNames(row, contact.email?.toLowerCase() ?? null);
    this.#site.tables.contact.update(row.id, { ...names, ...greetings({ ...row, ...names }) });
    return row.id;
  }

  /** Bulk set-up; ids in the order given. History ids are given by date. */
  importContacts(contacts: readonly ImportedContact[]): readonly number[] {
    return importContacts(this.#site, contacts);
  }

  rename(contactId: number, names: { readonly firstName?: string; readonly lastName?: string }): void {
    const columns: ContactColumns = {
      ...(names.firstName === undefined ? {} : { first_name: stored(names.firstName) }),
      ...(names.lastName === undefined ? {} : { last_name: stored(names.lastName) }),
    };
    const renamed = { ...this.#contact(contactId), ...columns };
    const shown = shownNames(renamed, null);
    changeContact(this.#site, contactId, { ...columns, ...shown, ...greetings({ ...renamed, ...shown }) });
  }

  /** By the screens: nothing, not even history, when it is Added already; a row that was Removed gets a new id. */
  addToGroup(contactId: number, groupId: number, method: HistoryMethod = 'Admin'): boolean {
    return addByScreen(this.#site, contactId, groupId, method);
  }

  /** "Add contacts to group" from a search; how many were added. */
  bulkAddToGroup(contactIds: readonly number[], groupId: number): number {
    return contactIds.filter((contactId) => addByScreen(this.#site, contactId, groupId, 'Admin')).length;
  }

  removeFromGroup(contactId: number, groupId: number, method: HistoryMethod = 'Admin'): boolean {
    return removeByScreen(this.#site, contactId, groupId, method);
  }

  /** The row goes, history says Deleted. */
  deleteFromGroup(contactId: number, groupId: number): boolean {
    return deleteByScreen(this.#site, contactId, groupId);
  }

  /** Raw SQL of a careless extension: no history. */
  writeGroupStatusBySql(contactId: number, groupId: number, status: string): void {
    const { groupContact } = this.#site.tables;
    this.#site.transactions.commitOf(contactId);
    const row = membershipOf(this.#site, contactId, groupId);
    if (row === undefined) groupContact.insert({ id: groupContact.nextId(), group_id: groupId, contact_id: this.#contact(contactId).id, status, location_id: null, email_id: null });
    else groupContact.update(row.id, { status });
  }

  trash(contactId: number): boolean {
    if (this.#contact(contactId).is_deleted) return false;
    trashContact(this.#site, contactId);
    return true;
  }

  restore(contactId: number): boolean {
    if (!this.#contact(contactId).is_deleted) return false;
    restoreContact(this.#site, contactId);
    return true;
  }

  deletePermanently(contactId: number): void {
    deleteContact(this.#site, this.#contact(contactId).id);
  }

  merge(mainId: number, duplicateId: number): void {
    if (mainId === duplicateId) throw new RangeError(`contact ${mainId} cannot be merged into itself`);
    mergeContacts(this.#site, this.#contact(mainId).id, this.#contact(duplicateId).id);
  }

  addEmail(contactId: number, email: string, flags: { readonly primary?: boolean; readonly bulkmail?: boolean } = {}): number {
    return insertEmail(this.#site, { contact_id: this.#contact(contactId).id, email, is_primary: flags.primary ?? false, is_bulkmail: flags.bulkmail ?? false }).id;
  }

  editEmail(emailId: number, email: string): void {
    updateEmail(this.#site, emailId, { email });
  }

  deleteEmail(emailId: number): void {
    deleteEmail(this.#site, this.#email(emailId));
  }

  setPrimary(emailId: number): void {
    updateEmail(this.#site, emailId, { is_primary: true });
  }

  setBulkmail(emailId: number, bulkmail: boolean): void {
    updateEmail(this.#site, emailId, { is_bulkmail: bulkmail });
  }

  hold(emailId: number, reason: 'bounce' | 'opt-out'): void {
    updateEmail(this.#site, emailId, { on_hold: reason === 'bounce' ? 1 : 2 });
  }

  unhold(emailId: number): void {
    updateEmail(this.#site, emailId, { on_hold: 0 });
  }

  /** `history`: by the link in a mail, which leaves a row without a group; without: by the tick in the form. */
  optOut(contactId: number, options: { readonly history?: boolean } = {}): boolean {
    if (this.#contact(contactId).is_opt_out) return false;
    changeContact(this.#site, contactId, { is_opt_out: true });
    if (options.history === true) writeHistory(this.#site, contactId, null, 'Removed', { method: 'Email', tracking: null });
    return true;
  }

  takeBackOptOut(contactId: number): boolean {
    if (!this.#contact(contactId).is_opt_out) return false;
    changeContact(this.#site, contactId, { is_opt_out: false });
    return true;
  }

  setFlag(contactId: number, flag: 'do_not_email' | 'is_deceased', value: boolean): void {
    changeContact(this.#site, contactId, { [flag]: value });
  }

  /** A mailing list; with `search`, clauses of `Contact.get`, a smart group whose members follow from it. No clauses find everybody. */
  createGroup(group: NewGroup): number {
    const search = group.search === undefined ? null : insertSavedSearch(this.#site, group.title, group.search).id;
    const columns = { ...(group.name === undefined ? {} : { name: group.name }), saved_search_id: search, is_active: group.active ?? true, group_type: MAILING_LIST };
    return insertGroup(this.#site, group.title, columns, group.id ?? null).id;
  }

  /** Other clauses for a smart group; its members follow when their cache is made anew. */
  changeSearch(groupId: number, search: Where): void {
    changeSavedSearch(this.#site, groupId, search);
  }

  /**
   * Another process makes the cache of a smart group anew and has emptied it: until `endCacheRebuild` every read finds
   * only those who were added by hand.
   */
  beginCacheRebuild(groupId: number): void {
    this.#site.smartGroups.begin(groupId);
  }

  /** The other process fills the cache, with the members of now. */
  endCacheRebuild(groupId: number): void {
    this.#site.smartGroups.end(groupId);
  }

  setGroupActive(groupId: number, active: boolean): void {
    this.#site.tables.group.update(groupId, { is_active: active });
  }

  deleteGroup(groupId: number): void {
    deleteGroup(this.#site, groupId);
  }

  createTag(label: string): number {
    return insertTag(this.#site, label, {}).id;
  }

  tag(contactId: number, tagId: number): boolean {
    if (this.#tagged(contactId, tagId) !== undefined) return false;
    insertEntityTag(this.#site, 'civicrm_contact', this.#contact(contactId).id, tagId);
    return true;
  }

  untag(contactId: number, tagId: number): boolean {
    const link = this.#tagged(contactId, tagId);
    if (link === undefined) return false;
    this.#site.tables.entityTag.delete(link.id);
    return true;
  }

  /** A long transaction that changes a membership: its history id and date are taken now, the row is seen at commit. Answers its number. */
  begin(contactId: number, groupId: number, status: string): number {
    return this.#site.transactions.begin(this.#contact(contactId).id, groupId, status, this.#site.time.stamp());
  }

  commit(transaction: number): void {
    this.#site.transactions.commit(transaction);
  }

  /** The history id that it took never comes. */
  rollback(transaction: number): void {
    this.#site.transactions.rollback(transaction);
  }

  #contact(id: number): ContactRow {
    const row = this.#site.tables.contact.get(id);
    if (row === undefined) throw new RangeError(`there is no contact with the id ${id}`);
    return row;
  }

  #email(id: number): EmailRow {
    const row = this.#site.tables.email.get(id);
    if (row === undefined) throw new RangeError(`there is no e-mail with the id ${id}`);
    return row;
  }

  #tagged(contactId: number, tagId: number): { readonly id: number } | undefined {
    return this.#site.tables.entityTag.find('entity_id', contactId).find((row) => row.tag_id === tagId);
  }
}

const stored = (name: string | undefined): string | null => (name === undefined || name === '' ? null : shorten(encodeStored(name), NAME_LENGTH));
