import type { EntityName } from './entity-names.ts';
import { ApiError, NotSimulated } from './failures.ts';
import type { Shown } from './output.ts';
import { show } from './output.ts';
import type { Reading } from './path.ts';
import { resolvePath } from './path.ts';
import type { AnyRow } from './site.ts';

/** A function of one row's field in `select`, under an alias. */
export interface RowFunction {
  readonly alias: string;
  readonly read: (row: AnyRow) => Shown;
}

const text = (value: Shown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const FUNCTIONS: Readonly<Record<string, (value: Shown) => Shown>> = {
  UPPER: (value) => text(value).toUpperCase(),
  LOWER: (value) => text(value).toLowerCase(),
  YEAR: (value) => Number(text(value).slice(0, 4)),
};
/** Functions of a group of rows (aggregate.ts). */
const OF_GROUPS = new Set(['COUNT', 'MAX', 'MIN', 'SUM', 'AVG', 'GROUP_CONCAT', 'GROUP_FIRST', 'GROUP_LAST', 'ANY_VALUE']);
/** Functions that CiviCRM has and the simulator has not. */
const OTHERS = new Set(['CONCAT', 'CONCAT_WS', 'COALESCE', 'IF', 'IFNULL', 'LEFT', 'REPLACE', 'ROUND', 'DATE_FORMAT', 'MONTH', 'DAYOFWEEK', 'EXTRACT', 'NULLIF', 'GREATEST', 'LEAST', 'ABS', 'RAND', 'NOW', 'TIMESTAMPDIFF']);

const CALL = /^(\w+)\((.*)\)(?: AS (\w+))?$/;

const nameIn = (expression: string): string => CALL.exec(expression)?.[1] ?? '';

/** Whether an item of `select` is a function of each row by itself. */
export const isRowFunction = (expression: string): boolean => expression.includes('(') && !OF_GROUPS.has(nameIn(expression));

/** Reads a function of `select`; null when its field is unknown, for which CiviCRM leaves it out without a word (read). */
export function rowFunction(reading: Reading, entity: EntityName, expression: string): RowFunction | null {
  const [, name = '', argument = '', alias] = CALL.exec(expression) ?? [];
  if (name !== name.toUpperCase()) throw new ApiError('Sql function must be uppercase.');
  if (OTHERS.has(name)) throw new NotSimulated(`the function ${name}`);
  const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (apply === undefined) throw new ApiError(`Unable to parse sql expression: ${expression}`);
  if (alias === undefined) throw new NotSimulated(`${expression} without a name`);
  const path = resolvePath(reading, entity, argument);
  if (path === null) return null;
  if (resolvePath(reading, entity, alias) !== null) throw new ApiError('Cannot use existing field name as alias');
  const read = (row: AnyRow): Shown => {
    const value = show(reading.site, path, row);
    return value === null ? null : apply(value);
  };
  return { alias, read };
}
