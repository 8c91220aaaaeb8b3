import type { ImportedContact, NewContact } from './records.ts';

/** Where a membership was changed; it goes into the history. */
export type HistoryMethod = 'Admin' | 'Email' | 'Form' | 'Web' | 'API';

/**
 * What administrators and people do in CiviCRM, with exactly the traces that it leaves (facts/civicrm.md).
 * All happen now by the site's clock. An unknown id throws a RangeError; an act that has nothing to do returns false.
 */
export interface CivicrmActs {
  createContact(contact: NewContact): number;
  /** Bulk set-up; ids in the order given. History ids are given by date. */
  importContacts(contacts: readonly ImportedContact[]): readonly number[];
  rename(contactId: number, names: { readonly firstName?: string; readonly lastName?: string }): void;

  /** By the screens: nothing, not even history, when it is Added already. */
  addToGroup(contactId: number, groupId: number, method?: HistoryMethod): boolean;
  removeFromGroup(contactId: number, groupId: number, method?: HistoryMethod): boolean;
  /** The row goes, history says Deleted. */
  deleteFromGroup(contactId: number, groupId: number): boolean;
  /** "Add contacts to group" from a search: rows of those who had been removed are made anew, so their ids change. */
  bulkAddToGroup(contactIds: readonly number[], groupId: number): number;
  /** Raw SQL of a careless extension: no history. */
  writeGroupStatusBySql(contactId: number, groupId: number, status: string): void;

  trash(contactId: number): boolean;
  restore(contactId: number): boolean;
  deletePermanently(contactId: number): void;
  merge(mainId: number, duplicateId: number): void;

  addEmail(contactId: number, email: string, flags?: { readonly primary?: boolean; readonly bulkmail?: boolean }): number;
  editEmail(emailId: number, email: string): void;
  deleteEmail(emailId: number): void;
  setPrimary(emailId: number): void;
  setBulkmail(emailId: number, bulkmail: boolean): void;
  hold(emailId: number, reason: 'bounce' | 'opt-out'): void;
  unhold(emailId: number): void;

  /** `history`: by the link in a mail (a row without a group); without: by the tick in the form. */
  optOut(contactId: number, options?: { readonly history?: boolean }): boolean;
  takeBackOptOut(contactId: number): boolean;
  setFlag(contactId: number, flag: 'do_not_email' | 'is_deceased', value: boolean): void;

  createGroup(group: { readonly title: string; readonly name?: string; readonly smart?: boolean; readonly active?: boolean; readonly id?: number }): number;
  setGroupActive(groupId: number, active: boolean): void;
  deleteGroup(groupId: number): void;
  createTag(label: string): number;
  tag(contactId: number, tagId: number): boolean;
  untag(contactId: number, tagId: number): boolean;

  /** A long transaction that changes a membership: its history id and date are taken now, the row is seen at commit. */
  begin(contactId: number, groupId: number, status: string): number;
  commit(transaction: number): void;
  /** The history id that it took never comes. */
  rollback(transaction: number): void;
}
