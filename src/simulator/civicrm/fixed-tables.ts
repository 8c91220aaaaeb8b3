import { MemoryTable } from './memory-table.ts';
import type { AnyRow } from './site.ts';
import type { Table } from './tables.ts';

interface CountryRow {
  readonly id: number;
  readonly name: string;
  readonly iso_code: string;
}

interface StateRow {
  readonly id: number;
  readonly name: string;
  readonly abbreviation: string;
  readonly country_id: number;
}

interface MembershipStatusRow {
  readonly id: number;
  readonly name: string;
  readonly label: string;
  readonly is_current_member: boolean;
}

const UNITED_STATES = 1228;
const GERMANY = 1082;

/** Some of the countries; the ids are those of a real site where they were recorded. */
export const COUNTRIES: readonly CountryRow[] = [
  { id: 1039, name: 'Canada', iso_code: 'CA' },
  { id: GERMANY, name: 'Germany', iso_code: 'DE' },
  { id: 1226, name: 'United Kingdom', iso_code: 'GB' },
  { id: UNITED_STATES, name: 'United States', iso_code: 'US' },
];

export const STATES: readonly StateRow[] = [
  { id: 1004, name: 'California', abbreviation: 'CA', country_id: UNITED_STATES },
  { id: 1009, name: 'Georgia', abbreviation: 'GA', country_id: UNITED_STATES },
  { id: 3145, name: 'Berlin', abbreviation: 'BE', country_id: GERMANY },
];

export const MEMBERSHIP_STATUSES: readonly MembershipStatusRow[] = [
  { id: 1, name: 'New', label: 'New', is_current_member: true },
  { id: 2, name: 'Current', label: 'Current', is_current_member: true },
  { id: 3, name: 'Grace', label: 'Grace', is_current_member: true },
  { id: 4, name: 'Expired', label: 'Expired', is_current_member: false },
  { id: 5, name: 'Pending', label: 'Pending', is_current_member: false },
  { id: 6, name: 'Cancelled', label: 'Cancelled', is_current_member: false },
];

function filled(rows: readonly object[]): Table<AnyRow> {
  const table = new MemoryTable<AnyRow>([]);
  for (const row of rows) table.insert(row as AnyRow);
  return table;
}

/** Entities whose rows come with CiviCRM and never change here: they are not part of a site's state. */
export const FIXED_TABLES = {
  Country: filled(COUNTRIES),
  StateProvince: filled(STATES),
  MembershipStatus: filled(MEMBERSHIP_STATUSES),
} as const;

export type FixedEntity = keyof typeof FIXED_TABLES;

export const isFixed = (entity: string): entity is FixedEntity => Object.hasOwn(FIXED_TABLES, entity);
