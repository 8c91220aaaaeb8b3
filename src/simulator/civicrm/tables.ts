import type { ActivityRow, ColumnValue, ContactRow, EmailRow, EntityTagRow, GroupContactRow, GroupRow, MergeRow, SubscriptionHistoryRow, TagRow } from './rows.ts';

/** A table with an auto-incremented `id`. Rows are never changed in place; every list is in the order of ids. */
export interface Table<Row extends { readonly id: number }> {
  readonly size: number;
  get(id: number): Row | undefined;
  /** Rows whose column has this value, by an index where there is one. Text is compared as the collation does. */
  find(column: keyof Row & string, value: ColumnValue): readonly Row[];
  /** Whether `find` on this column looks only at the rows it returns. */
  isIndexed(column: string): boolean;
  all(): Iterable<Row>;
  /** Rows with an id above `id`. */
  after(id: number): Iterable<Row>;
  /** Takes the next number; a transaction that is rolled back leaves a gap. */
  nextId(): number;
  insert(row: Row): Row;
  update(id: number, changes: Partial<Omit<Row, 'id'>>): Row;
  delete(id: number): void;
}

/** CiviCRM's tables as far as they are simulated. */
export interface CivicrmTables {
  readonly contact: Table<ContactRow>;
  readonly email: Table<EmailRow>;
  readonly group: Table<GroupRow>;
  readonly groupContact: Table<GroupContactRow>;
  readonly subscriptionHistory: Table<SubscriptionHistoryRow>;
  readonly tag: Table<TagRow>;
  readonly entityTag: Table<EntityTagRow>;
  readonly merge: Table<MergeRow>;
  readonly activity: Table<ActivityRow>;
}
