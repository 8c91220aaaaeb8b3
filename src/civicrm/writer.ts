import type { ContactId, EmailAddress, GroupId, WriteId } from '../base/ids.ts';

interface NewContact {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: EmailAddress;
  readonly source: string;
}

/**
 * Writes to CiviCRM, through APIv4 only (direct SQL loses history, hooks and caches: facts/civicrm.md).
 * A write that fails throws; what it had done stays done (no transactions there), so read again before repeating.
 */
export interface CivicrmWriter {
  /** Sets group statuses in one call of at most 100 records, marked `mailchimpsync:{writeId}` in the history. */
  saveGroupContacts(records: readonly { readonly contactId: ContactId; readonly groupId: GroupId; readonly status: 'Added' | 'Removed' }[], writeId: WriteId, signal?: AbortSignal): Promise<void>;
  /** Creates Individuals with their address in one call of at most 25; ids in the order given. */
  createContacts(contacts: readonly NewContact[], signal?: AbortSignal): Promise<readonly ContactId[]>;
  /** Sets first and last name where given. */
  saveNames(contactId: ContactId, names: { readonly firstName?: string; readonly lastName?: string }, signal?: AbortSignal): Promise<void>;
  /** Gives a contact an address, as its bulk-mail address. */
  addEmail(contactId: ContactId, email: EmailAddress, signal?: AbortSignal): Promise<void>;
  /** Gives a contact that was made without one its address, as the only and so the primary one. */
  addFirstEmail(contactId: ContactId, email: EmailAddress, signal?: AbortSignal): Promise<void>;
  /** Puts an address of a contact on hold (`on_hold` = 1). */
  holdEmail(contactId: ContactId, email: EmailAddress, signal?: AbortSignal): Promise<void>;
}
