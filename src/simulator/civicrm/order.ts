import { collationKey } from './collation.ts';
import type { EntityName } from './entity-names.ts';
import { ApiError, invalidField } from './failures.ts';
import type { Path, Reading } from './path.ts';
import { resolvePath } from './path.ts';
import { shuffled } from './random-text.ts';
import type { AnyRow } from './site.ts';

export type OrderBy = Readonly<Record<string, unknown>>;

/** Whether rows in the order of ids are in this order already. */
export const isById = (orderBy: OrderBy): boolean => {
  const [first] = Object.entries(orderBy);
  return first !== undefined && first[0] === 'id' && first[1] === 'ASC';
};

/** Rows in the order asked for; without one, in one that nobody can rely on. NULL comes first, as in MySQL. */
export function ordered(reading: Reading, entity: EntityName, rows: readonly AnyRow[], orderBy: OrderBy): readonly AnyRow[] {
  const keys = Object.entries(orderBy).map(([name, direction]) => ({ path: existing(reading, entity, name), sign: signOf(direction) }));
  if (keys.length === 0) return shuffled(rows, reading.site.random);
  if (isById(orderBy)) return rows;
  const decorated = rows.map((row) => ({ row, values: keys.map(({ path }) => sortValue(path, row)) }));
  decorated.sort((a, b) => {
    for (const [index, { sign }] of keys.entries()) {
      const order = compare(a.values[index] ?? null, b.values[index] ?? null);
      if (order !== 0) return order * sign;
    }
    return 0;
  });
  return decorated.map(({ row }) => row);
}

function existing(reading: Reading, entity: EntityName, name: string): Path {
  const path = resolvePath(reading, entity, name);
  if (path === null) throw invalidField(name);
  return path;
}

function signOf(direction: unknown): 1 | -1 {
  if (direction === 'ASC') return 1;
  if (direction === 'DESC') return -1;
  throw new ApiError('Invalid sort direction');
}

type SortValue = string | number | null;

function sortValue(path: Path, row: AnyRow): SortValue {
  const value = path.read(row);
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' ? collationKey(value) : value;
}

function compare(a: SortValue, b: SortValue): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}
