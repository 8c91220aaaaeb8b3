import { collationKey, likePattern } from './collation.ts';
import { splitList, unpackList } from './column-text.ts';
import { ApiError, NotSimulated, PhpError } from './failures.ts';
import { optionId } from './field-options.ts';
import { numberOf, textOf } from './given-text.ts';
import type { Path, Reading } from './path.ts';
import type { ColumnValue } from './rows.ts';
import type { AnyRow } from './site.ts';
import { encodeStored } from './stored-text.ts';

/** SQL's three values of truth: null is unknown. */
export type Truth = boolean | null;
export type Predicate = (row: AnyRow) => Truth;
type Comparable = string | number;

const ORDER: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};
const NOT_SIMULATED = new Set(['REGEXP', 'NOT REGEXP', 'REGEXP BINARY', 'NOT REGEXP BINARY', 'CONTAINS ONE OF', 'NOT CONTAINS ONE OF']);

/** One clause of `where`: a field, an operator, a value. */
export function comparison(reading: Reading, path: Path, operator: string, value: unknown): Predicate {
  const read = reader(path);
  const order = ORDER[operator];
  if (order !== undefined) return ordered(read, order, givenScalar(reading, path, operator, value));
  switch (operator) {
    case 'IN':
    case 'NOT IN':
      return among(read, givenList(reading, path, operator, value), operator === 'IN');
    case 'BETWEEN':
    case 'NOT BETWEEN':
      return between(read, givenList(reading, path, operator, value), operator === 'BETWEEN');
    case 'LIKE':
    case 'NOT LIKE':
      return like(path, likePattern(encodeStored(givenText(operator, value))), operator === 'LIKE');
    case 'CONTAINS':
    case 'NOT CONTAINS':
      return contains(reading, path, value, operator === 'CONTAINS');
    case 'IS NULL':
      return (row) => path.read(row) === null;
    case 'IS NOT NULL':
      return (row) => path.read(row) !== null;
    case 'IS EMPTY':
      return (row) => isEmpty(path.read(row));
    case 'IS NOT EMPTY':
      return (row) => !isEmpty(path.read(row));
    default:
      if (NOT_SIMULATED.has(operator)) throw new NotSimulated(`the operator ${operator}`);
      throw new ApiError('Illegal operator');
  }
}

const isEmpty = (value: ColumnValue): boolean => value === null || value === '' || value === 0 || value === false;

/** The stored value in a form in which equal means equal. */
function reader(path: Path): (row: AnyRow) => Comparable | null {
  const { type } = path.field;
  return (row) => {
    const value = path.read(row);
    if (value === null) return null;
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'string' && type === 'text' ? collationKey(value) : value;
  };
}

function ordered(read: (row: AnyRow) => Comparable | null, holds: (order: number) => boolean, bound: Comparable | null): Predicate {
  return (row) => {
    const value = read(row);
    if (value === null || bound === null) return null;
    return holds(value < bound ? -1 : value > bound ? 1 : 0);
  };
}

function among(read: (row: AnyRow) => Comparable | null, list: readonly (Comparable | null)[], inside: boolean): Predicate {
  const set = new Set(list);
  if (set.size === 0) return () => !inside;
  return (row) => {
    const value = read(row);
    return value === null ? null : set.has(value) === inside;
  };
}

function between(read: (row: AnyRow) => Comparable | null, bounds: readonly (Comparable | null)[], inside: boolean): Predicate {
  const [low, high] = bounds;
  if (low === undefined || high === undefined || low === null || high === null) throw new ApiError('Illegal operator');
  return (row) => {
    const value = read(row);
    return value === null ? null : (value >= low && value <= high) === inside;
  };
}

function like(path: Path, matches: (text: string) => boolean, wanted: boolean): Predicate {
  return (row) => {
    const value = path.read(row);
    return value === null ? null : matches(String(value)) === wanted;
  };
}

function contains(reading: Reading, path: Path, value: unknown, wanted: boolean): Predicate {
  const { type } = path.field;
  if (type !== 'packed list' && type !== 'comma list') return like(path, likePattern(`%${encodeStored(givenText('CONTAINS', value))}%`), wanted);
  const texts = (Array.isArray(value) ? (value as unknown[]) : [value]).map((item) => givenText('CONTAINS', item));
  const sought = texts.map((item) => (path.suffix === 'id' ? item : String(optionId(reading.site, path.field, item, path.suffix))));
  return (row) => {
    const list = path.read(row);
    if (typeof list !== 'string') return !wanted;
    const items = new Set(type === 'packed list' ? unpackList(list) : splitList(list));
    return sought.every((item) => items.has(item)) === wanted;
  };
}

function givenText(operator: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new PhpError(`${operator} needs a text`);
}

function givenScalar(reading: Reading, path: Path, operator: string, value: unknown): Comparable | null {
  if (typeof value === 'object' && value !== null) throw new PhpError(`${operator} cannot take a list`);
  return given(reading, path, value);
}

function givenList(reading: Reading, path: Path, operator: string, value: unknown): readonly (Comparable | null)[] {
  if (!Array.isArray(value)) throw new PhpError(`${operator} needs a list`);
  return (value as unknown[]).map((item) => given(reading, path, item));
}

type Compared = (reading: Reading, text: string) => Comparable;
const asNumber: Compared = (_reading, text) => numberOf(text);
const asText: Compared = (_reading, text) => text;

const COMPARED: Readonly<Record<Path['field']['type'], Compared>> = {
  integer: asNumber,
  number: asNumber,
  boolean: asNumber,
  timestamp: ({ site }, text) => site.time.readStamp(text),
  datetime: ({ site }, text) => site.time.readLocal(text),
  date: ({ site }, text) => site.time.readLocal(text).slice(0, 10),
  text: (_reading, text) => collationKey(encodeStored(text)),
  'packed list': asText,
  'comma list': asText,
};

/** A value from a call, in the form that the column is compared in. */
export function given(reading: Reading, path: Path, value: unknown): Comparable | null {
  const { field, suffix } = path;
  if (value === null || value === undefined) return null;
  if (suffix !== 'id') {
    const id = optionId(reading.site, field, textOf(value), suffix);
    return typeof id === 'string' ? collationKey(id) : id;
  }
  if (value === 'user_contact_id' && (field.name === 'id' || field.target === 'Contact')) return reading.caller.contactId;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string' && typeof value !== 'number') throw new PhpError('a value of a comparison is neither text nor number');
  return COMPARED[field.type](reading, String(value));
}
