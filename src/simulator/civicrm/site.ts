import { randomText } from './random-text.ts';
import type { Breakdown } from './breakdown.ts';
import type { CivicrmVersion, Permission } from './options.ts';
import type { ColumnValue } from './rows.ts';
import type { SiteTime } from './site-time.ts';
import type { SmartGroupCache } from './smart-group-cache.ts';
import { TABLE_OF } from './entity-names.ts';
import { FIXED_TABLES, isFixed } from './fixed-tables.ts';
import type { EntityName } from './entity-names.ts';
import type { CivicrmTables, Table } from './tables.ts';
import type { Transactions } from './transactions.ts';

/** What every part of the simulated site works on. */
export interface Site {
  readonly tables: CivicrmTables;
  readonly time: SiteTime;
  readonly random: () => number;
  readonly version: CivicrmVersion;
  readonly transactions: Transactions;
  readonly smartGroups: SmartGroupCache;
  readonly breakdown: Breakdown;
}

/** Who calls: the contact that owns the key, or nobody. */
export interface Caller {
  readonly contactId: number | null;
  readonly permissions: ReadonlySet<Permission>;
}

/** A row of any table, for code that goes by column names. */
export type AnyRow = { readonly id: number } & Readonly<Record<string, ColumnValue>>;

export const tableOf = (tables: CivicrmTables, entity: EntityName): Table<AnyRow> => (isFixed(entity) ? FIXED_TABLES[entity] : (tables[TABLE_OF[entity]] as unknown as Table<AnyRow>));

/** Ids of errors as CiviCRM makes them. */
export const errorId = (site: Site): string => [4, 4, 6].map((length) => randomText(site.random, length)).join('-');
