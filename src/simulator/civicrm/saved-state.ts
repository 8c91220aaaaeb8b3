import type { Key } from './keys.ts';
import type { ColumnValue } from './rows.ts';
import type { AnyRow, Site } from './site.ts';
import type { SavedSmartGroups } from './smart-group-cache.ts';
import type { CivicrmTables, Table, TableName } from './tables.ts';
import type { Transactions } from './transactions.ts';

const FORMAT = 2;

interface SavedTable {
  readonly lastId: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ColumnValue[])[];
}

export interface SavedState {
  readonly format: typeof FORMAT;
  readonly timezone: string;
  readonly skew: number;
  readonly keys: readonly Key[];
  readonly transactions: ReturnType<Transactions['save']>;
  readonly smartGroups: SavedSmartGroups;
  readonly tables: Readonly<Record<string, SavedTable>>;
}

const namesOf = (tables: CivicrmTables): readonly TableName[] => Object.keys(tables) as TableName[];
const anyTable = (tables: CivicrmTables, name: TableName): Table<AnyRow> => tables[name] as unknown as Table<AnyRow>;

/** Everything that must survive a restart. Rows are lists of values under one list of columns, as there are many. */
export function saveState(site: Site, keys: readonly Key[]): SavedState {
  const tables = namesOf(site.tables).map((name): [string, SavedTable] => [name, saveTable(anyTable(site.tables, name))]);
  return { format: FORMAT, timezone: site.time.timezone, skew: site.time.skew, keys, transactions: site.transactions.save(), smartGroups: site.smartGroups.save(), tables: Object.fromEntries(tables) };
}

function saveTable(table: Table<AnyRow>): SavedTable {
  const rows = [...table.all()];
  const columns = Object.keys(rows[0] ?? {});
  return { lastId: table.lastId, columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) };
}

/** Puts a saved state in place of the present one. @throws RangeError if it is not one. */
export function loadState(site: Site, state: unknown): SavedState {
  if (!isSavedState(state)) throw new RangeError(`this is not a saved state of the simulated CiviCRM (format ${FORMAT}); delete the file to begin anew`);
  for (const name of namesOf(site.tables)) loadTable(anyTable(site.tables, name), state.tables[name]);
  site.transactions.load(state.transactions);
  site.smartGroups.load(state.smartGroups);
  site.time.setTimezone(state.timezone);
  site.time.skew = state.skew;
  return state;
}

function loadTable(table: Table<AnyRow>, saved: SavedTable | undefined): void {
  table.clear();
  if (saved === undefined) return;
  for (const values of saved.rows) table.insert(Object.fromEntries(saved.columns.map((column, index) => [column, values[index] ?? null])) as AnyRow);
  table.skipTo(saved.lastId);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function isSavedState(state: unknown): state is SavedState {
  if (!isRecord(state) || state['format'] !== FORMAT || typeof state['timezone'] !== 'string' || typeof state['skew'] !== 'number') return false;
  const { keys, transactions, smartGroups, tables } = state;
  if (!isRecord(smartGroups) || typeof smartGroups['timeout'] !== 'number' || !Array.isArray(smartGroups['locked'])) return false;
  return Array.isArray(keys) && Array.isArray(transactions) && isRecord(tables) && Object.values(tables).every(isSavedTable);
}

function isSavedTable(table: unknown): table is SavedTable {
  return isRecord(table) && typeof table['lastId'] === 'number' && Array.isArray(table['columns']) && Array.isArray(table['rows']) && table['rows'].every((row) => Array.isArray(row));
}
