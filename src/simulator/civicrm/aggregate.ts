import type { EntityName } from './entity-names.ts';
import { ApiError, NotSimulated, invalidField } from './failures.ts';
import type { Shown } from './output.ts';
import { show, showStored } from './output.ts';
import type { Path, Reading } from './path.ts';
import { resolvePath } from './path.ts';
import { isRowFunction } from './row-functions.ts';
import type { ColumnValue } from './rows.ts';
import type { ShownRow } from './select.ts';
import type { AnyRow } from './site.ts';

type FunctionName = 'COUNT' | 'MAX' | 'MIN' | 'SUM';

interface Aggregate {
  readonly alias: string;
  readonly name: FunctionName;
  readonly distinct: boolean;
  /** Null: `COUNT(*)`. */
  readonly path: Path | null;
}

const CALL = /^([A-Z_]+)\((DISTINCT )?(\*|[\w.:]+)\)(?: AS (\w+))?$/;
const isFunctionName = (name: string): name is FunctionName => name === 'COUNT' || name === 'MAX' || name === 'MIN' || name === 'SUM';

export const isAggregate = (name: string): boolean => name.includes('(') && !isRowFunction(name);

/** Null when its field is unknown, for which CiviCRM leaves it out without a word (read). */
function parseAggregate(reading: Reading, entity: EntityName, expression: string): Aggregate | null {
  const [, name = '', distinct, argument = '', alias] = CALL.exec(expression) ?? [];
  if (!isFunctionName(name)) throw new NotSimulated(`the expression ${expression} in select`);
  const path = argument === '*' ? null : resolvePath(reading, entity, argument);
  if (path === null && argument !== '*') return null;
  // An alias that is the name of a field is refused (recorded).
  if (alias !== undefined && resolvePath(reading, entity, alias) !== null) throw new ApiError(`Cannot use existing field name as alias`);
  return { alias: alias ?? `${name}:${argument.replaceAll('.', '_')}`, name, distinct: distinct !== undefined, path };
}

/** Rows of a call with functions or `groupBy`: one a group, or a single one. */
export function aggregateRows(reading: Reading, entity: EntityName, rows: readonly AnyRow[], select: readonly string[], groupBy: readonly string[]): ShownRow[] {
  const grouping = groupBy.map((name) => existing(reading, entity, name));
  if (select.some(isRowFunction)) throw new NotSimulated('functions of rows beside functions of groups');
  const plain = select.filter((name) => !isAggregate(name) && name !== 'row_count').map((name) => existing(reading, entity, name));
  const aggregates = select.filter(isAggregate).flatMap((name) => parseAggregate(reading, entity, name) ?? []);
  const groups = new Map<string, AnyRow[]>();
  if (groupBy.length === 0) groups.set('', [...rows]);
  for (const row of groupBy.length === 0 ? [] : rows) {
    const key = JSON.stringify(grouping.map((path) => path.read(row)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].map((group) => {
    const shown: ShownRow = {};
    const [first] = group;
    for (const path of plain) shown[path.name] = first === undefined ? null : show(reading.site, path, first);
    for (const aggregate of aggregates) shown[aggregate.alias] = compute(reading, aggregate, group);
    return shown;
  });
}

function existing(reading: Reading, entity: EntityName, name: string): Path {
  const path = resolvePath(reading, entity, name);
  if (path === null) throw invalidField(name);
  return path;
}

function compute(reading: Reading, aggregate: Aggregate, rows: readonly AnyRow[]): Shown {
  const { path, name } = aggregate;
  if (path === null) return rows.length;
  const all = rows.map((row) => path.read(row)).filter((value) => value !== null);
  const values = aggregate.distinct ? [...new Set(all)] : all;
  if (name === 'COUNT') return values.length;
  if (values.length === 0) return null;
  if (name === 'SUM') return values.reduce<number>((sum, value) => sum + Number(value), 0);
  return showStored(reading.site, path.field.type, extreme(values, name === 'MAX' ? 1 : -1));
}

function extreme(values: readonly ColumnValue[], direction: 1 | -1): ColumnValue {
  return values.reduce((best, value) => (best !== null && value !== null && (value > best ? 1 : -1) === direction && value !== best ? value : best));
}
