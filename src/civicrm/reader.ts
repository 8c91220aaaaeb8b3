import type { Duration, Instant } from '../base/clock.ts';
import type { ContactId, EmailAddress, GroupId, HistoryId } from '../base/ids.ts';

export interface Contact {
  readonly id: ContactId;
  readonly type: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly isDeleted: boolean;
  readonly isOptOut: boolean;
  readonly doNotEmail: boolean;
  readonly isDeceased: boolean;
  readonly modified: Instant;
}

export interface ContactEmail {
  readonly id: number;
  readonly contactId: ContactId;
  readonly email: EmailAddress;
  readonly isPrimary: boolean;
  readonly isBulkmail: boolean;
  /** 0 no, 1 bounce, 2 opt-out. */
  readonly onHold: number;
}

/** CiviCRM's `status` of a group contact or a history row; others are possible and count as not Added. */
export type GroupStatus = string;

export interface GroupContact {
  readonly contactId: ContactId;
  readonly groupId: GroupId;
  readonly status: GroupStatus;
}

/** A row of the subscription history. `groupId` null is a domain-wide opt-out. */
export interface HistoryRow {
  readonly id: HistoryId;
  readonly contactId: ContactId;
  readonly groupId: GroupId | null;
  readonly date: Instant;
  readonly status: GroupStatus;
  readonly tracking: string | null;
}

export interface Group {
  readonly id: GroupId;
  readonly title: string;
  readonly isActive: boolean;
  /** A smart group: its members follow from a search and cannot be written. */
  readonly isSmart: boolean;
}

/** What the search of a smart group found, as CiviCRM keeps it: it searches anew when that is some minutes old (by default 5). */
export interface SearchResult {
  readonly members: ReadonlySet<ContactId>;
  /** CiviCRM searched no earlier than then; null: not known. */
  readonly since: Instant | null;
  /** And no later than then. */
  readonly at: Instant;
}

/**
 * Reads of CiviCRM. Every list argument may be of any length: the reader splits it into chunks that serve
 * (facts/civicrm.md). Answers come ordered by id. Addresses are matched as exact lower-cased bytes,
 * whatever the database's collation equates.
 */
export interface CivicrmReader {
  /** The authentication probe: throws `civicrm_unauthorized` unless the key reads its own contact and may see contacts. */
  probe(signal?: AbortSignal): Promise<void>;
  /** Measures the site's time zone against the settings': throws `timezone_mismatch` when its dates are in another. */
  checkTimezone(signal?: AbortSignal): Promise<void>;
  /**
   * After it, reads show whatever was committed before the call, by anybody. A reader of a copy of CiviCRM's database
   * waits until the copy has got there; throws `civicrm_unreachable` when it is too far behind. To be called before
   * something is decided or written by what is then read.
   */
  catchUp(signal?: AbortSignal): Promise<void>;
  /** CiviCRM's clock less ours, from the latest `Date` header; 0 before the first answer. */
  clockOffset(): Duration;
  /** Live and trashed contacts; ids that do not exist are left out. */
  contactsById(ids: readonly ContactId[], signal?: AbortSignal): Promise<readonly Contact[]>;
  /** E-mails of live contacts with these addresses. */
  emailsByAddress(addresses: readonly EmailAddress[], signal?: AbortSignal): Promise<readonly ContactEmail[]>;
  /** E-mails of these contacts, best first within a contact: bulk mail, then primary, then by id. */
  emailsOfContacts(ids: readonly ContactId[], signal?: AbortSignal): Promise<readonly ContactEmail[]>;
  groups(ids: readonly GroupId[], signal?: AbortSignal): Promise<readonly Group[]>;
  /** Of a smart group only who was added or removed by hand. */
  groupContacts(ids: readonly ContactId[], groups: readonly GroupId[], signal?: AbortSignal): Promise<readonly GroupContact[]>;
  /**
   * Which of these contacts are in a smart group: those that its search finds or that were added by hand, without those
   * removed by hand; `groupContacts` knows the latter two only. Throws `group_missing` for a group that is not there or
   * disabled, which CiviCRM shows as empty.
   */
  searchResult(group: GroupId, ids: readonly ContactId[], signal?: AbortSignal): Promise<SearchResult>;
  /** Live contacts that are in a smart group, by id after `after`, at most `limit`. */
  searchedAfter(group: GroupId, after: ContactId | null, limit: number, signal?: AbortSignal): Promise<readonly ContactId[]>;
  /** Live contacts that are Added to a group, by contact id after `after`, at most `limit`. */
  addedAfter(group: GroupId, after: ContactId | null, limit: number, signal?: AbortSignal): Promise<readonly ContactId[]>;
  /** Whole history of these contacts in these groups, and their domain-wide rows, ordered by id. */
  history(ids: readonly ContactId[], groups: readonly GroupId[], signal?: AbortSignal): Promise<readonly HistoryRow[]>;
  /** History rows of these groups and domain-wide ones with an id after `after`, ordered by id, at most `limit`. */
  historySince(after: HistoryId, groups: readonly GroupId[], limit: number, signal?: AbortSignal): Promise<readonly HistoryRow[]>;
  /** Of the history ids from..to (inclusive), those that exist in any group: to tell a gap from another group's rows. */
  historyIds(from: HistoryId, to: HistoryId, signal?: AbortSignal): Promise<ReadonlySet<HistoryId>>;
  /** Contacts, trashed ones included, with `modified_date` at or after `since`, by id after `after`, at most `limit`. */
  modifiedSince(since: Instant, after: ContactId | null, limit: number, signal?: AbortSignal): Promise<readonly ContactId[]>;
  /** Live Individuals of this `source`, made at or after `since`, that have no e-mail at all: what a creation that was cut short leaves. */
  madeWithoutEmail(source: string, since: Instant, signal?: AbortSignal): Promise<readonly Contact[]>;
  /** The last survivor of each merged contact; contacts never merged are left out. */
  mergedTo(ids: readonly ContactId[], signal?: AbortSignal): Promise<ReadonlyMap<ContactId, ContactId>>;
  /** The contacts that were merged into each of these, chains followed (`Contact.getMergedFrom`); contacts without any are left out. */
  mergedFrom(ids: readonly ContactId[], signal?: AbortSignal): Promise<ReadonlyMap<ContactId, readonly ContactId[]>>;
  /** CiviCRM's own time now, to the second, by the latest `Date` header: what a look taken now is dated with. */
  now(): Instant;
  /** Calls made so far, by kind (`Contact.get`, …), for the summary. */
  requests(): ReadonlyMap<string, number>;
}
