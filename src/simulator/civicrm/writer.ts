import { fieldNamed, fieldsOf } from './entity-fields.ts';
import type { EntityName } from './entity-names.ts';
import { showStored } from './output.ts';
import type { Parameters, Values } from './parameters.ts';
import type { Reading } from './path.ts';
import type { AnyRow, Caller } from './site.ts';
import type { ShownRow } from './select.ts';

/** A write call under way. */
export interface Writing extends Reading {
  readonly parameters: Parameters;
}

/** How rows of one entity are written. Each write answers what CiviCRM's reply says of the row, which is not all that is stored. */
export interface Writer {
  readonly entity: EntityName;
  /** Whether the caller may write a row with these values; refused with "ACL check failed". */
  mayWrite(writing: Writing, values: Values): boolean;
  create(writing: Writing, values: Values): ShownRow;
  update(writing: Writing, row: AnyRow, values: Values): ShownRow;
  delete(writing: Writing, row: AnyRow): ShownRow;
  /** Keys that only the last record of a reply has, all null (recorded). */
  readonly lastKeys: readonly string[];
}

export const editsContacts = (caller: Caller): boolean => caller.permissions.has('edit all contacts');

/** The columns of a row that a reply names. */
export function shownColumns(reading: Reading, entity: EntityName, row: object, columns: Iterable<string>): ShownRow {
  const shown: ShownRow = {};
  const values = row as AnyRow;
  for (const column of columns) {
    const field = fieldNamed(entity, column);
    if (field !== undefined) shown[column] = showStored(reading.site, field.type, values[column] ?? null);
  }
  return shown;
}

/** The columns of a row that are not empty, as replies about whole rows give them. */
export function filledColumns(reading: Reading, entity: EntityName, row: object): ShownRow {
  const values = row as AnyRow;
  const names = fieldsOf(entity).filter((field) => field.secret !== true && (values[field.name] ?? null) !== null).map((field) => field.name);
  return shownColumns(reading, entity, row, names);
}

/** What every reply of a write carries at its end (recorded). */
export const REPLY_END: ShownRow = { custom: null, check_permissions: null };

export const nulls = (names: readonly string[]): ShownRow => Object.fromEntries(names.map((name) => [name, null]));
