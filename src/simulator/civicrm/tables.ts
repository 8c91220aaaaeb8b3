import type { AddressRow, ContributionRow, CustomFieldRow, CustomValueRow, MembershipRow, PhoneRow } from './record-rows.ts';
import type { ActivityRow, ColumnValue, ContactRow, EmailRow, EntityTagRow, GroupContactCacheRow, GroupContactRow, GroupRow, MergeRow, SavedSearchRow, SubscriptionHistoryRow, TagRow } from './rows.ts';

/**
 * A table with an auto-incremented `id`. Rows are never changed in place; every list is in the order of ids.
 * Nothing here knows how rows are kept, so that they can live in a database.
 */
export interface Table<Row extends { readonly id: number }> {
  readonly size: number;
  /** Highest number given so far. */
  readonly lastId: number;
  get(id: number): Row | undefined;
  /** Rows whose column has this value, by an index where there is one. Text is compared as the collation does. */
  find(column: keyof Row & string, value: ColumnValue): readonly Row[];
  /** How many rows `find` would return, for an indexed column. */
  count(column: keyof Row & string, value: ColumnValue): number;
  /** Whether `find` on this column looks only at the rows it returns. */
  isIndexed(column: string): boolean;
  all(): Iterable<Row>;
  /** Rows with an id above `id`. */
  after(id: number): Iterable<Row>;
  countAfter(id: number): number;
  /** Takes the next number; a statement that fails or is rolled back leaves a gap. */
  nextId(): number;
  /** Later numbers will be above `id`. */
  skipTo(id: number): void;
  insert(row: Row): Row;
  update(id: number, changes: Partial<Omit<Row, 'id'>>): Row;
  delete(id: number): void;
  /** Takes all rows away and begins to count anew. */
  clear(): void;
}

/** CiviCRM's tables as far as they are simulated. */
export interface CivicrmTables {
  readonly contact: Table<ContactRow>;
  readonly email: Table<EmailRow>;
  readonly group: Table<GroupRow>;
  readonly groupContact: Table<GroupContactRow>;
  readonly groupContactCache: Table<GroupContactCacheRow>;
  readonly savedSearch: Table<SavedSearchRow>;
  readonly subscriptionHistory: Table<SubscriptionHistoryRow>;
  readonly tag: Table<TagRow>;
  readonly entityTag: Table<EntityTagRow>;
  readonly merge: Table<MergeRow>;
  readonly activity: Table<ActivityRow>;
  readonly phone: Table<PhoneRow>;
  readonly address: Table<AddressRow>;
  readonly membership: Table<MembershipRow>;
  readonly contribution: Table<ContributionRow>;
  readonly customField: Table<CustomFieldRow>;
  readonly customValue: Table<CustomValueRow>;
}

export type TableName = keyof CivicrmTables;
