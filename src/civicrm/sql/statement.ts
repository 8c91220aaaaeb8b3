import type { Checked } from '../../http/json.ts';
import { checkId } from '../rows.ts';

/** A value that goes into a statement; whole numbers only. */
export type Value = string | number;

/** A read of CiviCRM's tables. Its text is a constant but for the number of marks in a list; values only enter as parameters. */
export interface Statement<Row> {
  /** The table that it is about, for counts and messages. */
  readonly table: string;
  readonly sql: string;
  readonly values: readonly Value[];
  readonly read: (row: unknown) => Checked<Row>;
}

/** Part of a statement, with its values. */
export interface Clause {
  readonly sql: string;
  readonly values: readonly Value[];
}

/**
 * `column IN (?, …)`, filled up to a power of two by repeating the last item: the server keeps each text that differs
 * as a prepared statement of its own, in every connection.
 * @param items at least one
 */
export function inList(column: string, items: readonly Value[]): Clause {
  const size = 2 ** Math.ceil(Math.log2(items.length));
  const values = Array.from({ length: size }, (_, at) => items[Math.min(at, items.length - 1)] ?? 0);
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, values };
}

/** Reads a row's `id`. */
export const idAs =
  <Id>(make: (id: number) => Id) =>
  (row: unknown): Checked<Id> => {
    const checked = checkId(row);
    return checked.fits ? { fits: true, value: make(Number(checked.value.id)) } : checked;
  };
