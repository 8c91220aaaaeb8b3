import type { EntityName } from './entity-names.ts';
import { fieldNamed } from './entity-fields.ts';
import type { Reading } from './path.ts';
import { resolvePath } from './path.ts';
import { given } from './comparison.ts';
import type { AnyRow } from './site.ts';
import { tableOf } from './site.ts';
import type { Clause } from './where.ts';

/** A way to find the rows that a clause allows without looking at the others; in the order of ids. */
interface Access {
  readonly count: number;
  rows(): Iterable<AnyRow>;
}

/** The rows that can satisfy `where`, by the narrowest index that one of its top clauses offers; in the order of ids. */
export function candidates(reading: Reading, entity: EntityName, where: readonly unknown[]): Iterable<AnyRow> {
  const table = tableOf(reading.site.tables, entity);
  let best: Access = { count: table.size, rows: () => table.all() };
  for (const value of where) {
    const access = Array.isArray(value) ? accessOf(reading, entity, value as Clause) : null;
    if (access !== null && access.count < best.count) best = access;
  }
  return best.rows();
}

function accessOf(reading: Reading, entity: EntityName, clause: Clause): Access | null {
  const [name, operator, value] = clause;
  if (typeof name !== 'string') return null;
  if (name === 'id' && (operator === '>' || operator === '>=')) return above(reading, entity, operator, value);
  const values = operator === 'IN' && Array.isArray(value) ? (value as unknown[]) : operator === '=' && typeof value !== 'object' ? [value] : null;
  if (values === null) return null;
  if (name === 'id') return byIds(reading, entity, values);
  if (entity === 'Contact' && name === 'email_primary.email') return byPrimaryEmail(reading, values);
  if (entity === 'Contact' && name === 'groups') return byGroup(reading, values);
  return byColumn(reading, entity, name, values);
}

function above(reading: Reading, entity: EntityName, operator: string, value: unknown): Access | null {
  const bound = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isInteger(bound)) return null;
  const table = tableOf(reading.site.tables, entity);
  const after = operator === '>' ? bound : bound - 1;
  return { count: table.countAfter(after), rows: () => table.after(after) };
}

function byIds(reading: Reading, entity: EntityName, values: readonly unknown[]): Access {
  const path = resolvePath(reading, entity, 'id');
  const ids = path === null ? [] : values.map((value) => given(reading, path, value));
  return { count: ids.length, rows: () => rowsWithIds(reading, entity, ids) };
}

function* rowsWithIds(reading: Reading, entity: EntityName, ids: Iterable<unknown>): Iterable<AnyRow> {
  const table = tableOf(reading.site.tables, entity);
  const numbers = [...new Set(ids)].filter((id) => typeof id === 'number').sort((a, b) => a - b);
  for (const id of numbers) {
    const row = table.get(id);
    if (row !== undefined) yield row;
  }
}

function byColumn(reading: Reading, entity: EntityName, name: string, values: readonly unknown[]): Access | null {
  const table = tableOf(reading.site.tables, entity);
  const path = resolvePath(reading, entity, name);
  if (!table.isIndexed(name) || fieldNamed(entity, name) === undefined || path === null) return null;
  const keys = [...new Set(values.map((value) => given(reading, path, value)))].filter((key) => key !== null);
  const count = keys.reduce<number>((sum, key) => sum + table.count(name, key), 0);
  const rows = (): Iterable<AnyRow> => keys.flatMap((key) => table.find(name, key)).sort((a, b) => a.id - b.id);
  return { count, rows };
}

function byPrimaryEmail(reading: Reading, values: readonly unknown[]): Access | null {
  const emails = byColumn(reading, 'Email', 'email', values);
  if (emails === null) return null;
  return { count: emails.count, rows: () => rowsWithIds(reading, 'Contact', [...emails.rows()].map((row) => row['contact_id'])) };
}

function byGroup(reading: Reading, values: readonly unknown[]): Access | null {
  const byHand = byColumn(reading, 'GroupContact', 'group_id', values);
  if (byHand === null) return null;
  const { groupContactCache } = reading.site.tables;
  const groups = [...new Set(values.map(Number))];
  const count = groups.reduce((sum, group) => sum + groupContactCache.count('group_id', group), byHand.count);
  const cached = (): readonly number[] => groups.flatMap((group) => groupContactCache.find('group_id', group)).map((row) => row.contact_id);
  return { count, rows: () => rowsWithIds(reading, 'Contact', [...[...byHand.rows()].map((row) => row['contact_id']), ...cached()]) };
}
