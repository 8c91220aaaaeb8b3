import type { EntityName } from './entity-names.ts';
import { fieldsOf } from './entity-fields.ts';
import { ApiError, aclCheckFailed } from './failures.ts';
import type { Outcome } from './get.ts';
import { find, matching, pageOf } from './get.ts';
import type { Values } from './parameters.ts';
import { selectPaths, shownRow } from './select.ts';
import type { ShownRow } from './select.ts';
import type { AnyRow } from './site.ts';
import { tableOf } from './site.ts';
import type { Writer, Writing } from './writer.ts';
import { nulls } from './writer.ts';

export function create(writing: Writing, writer: Writer): Outcome {
  const { parameters } = writing;
  const values = parameters.record('values');
  checkMandatory(writer.entity, 'create', values);
  if (!writer.mayWrite(writing, values)) throw aclCheckFailed();
  return { values: withLastKeys([writer.create(writing, values)], writer.lastKeys) };
}

/**
 * Creates or updates record by record, without a transaction: what is written before a failure stays (recorded).
 * Missing values and missing access are found before the first record is written.
 */
export function save(writing: Writing, writer: Writer): Outcome {
  const { parameters } = writing;
  if (!parameters.has('records')) throw new ApiError('Parameter "records" is required.');
  const defaults = parameters.record('defaults');
  const match = parameters.texts('match');
  const records = parameters.records('records').map((record) => {
    const values: Values = { ...defaults, ...record };
    return { values, id: idOf(values) ?? matchingId(writing, writer.entity, values, match) };
  });
  for (const { values, id } of records) {
    if (id === null) checkMandatory(writer.entity, 'save', values);
    if (!writer.mayWrite(writing, id === null ? values : { ...values, id })) throw aclCheckFailed();
  }
  let matched = 0;
  const written: ShownRow[] = [];
  for (const [index, { values, id }] of records.entries()) {
    if (id === null) written.push(writer.create(writing, values));
    else {
      matched += 1;
      const last = index === records.length - 1;
      written.push({ ...updateOne(writing, writer, id, values), ...contactKey(writer, last) });
    }
  }
  const counted = match.length > 0 || matched > 0;
  return { values: reloaded(writing, writer, withLastKeys(written, writer.lastKeys)), ...(counted ? { matched } : {}) };
}

export function update(writing: Writing, writer: Writer): Outcome {
  const { parameters } = writing;
  if (!parameters.has('values')) throw new ApiError('Parameter "values" is required.');
  const values = parameters.record('values');
  const where = parameters.list('where');
  const id = where.length === 0 ? idOf(values) : idAlone(where);
  if (where.length === 0 && id === null) throw new ApiError('Parameter "where" is required unless primary keys are supplied in values.');
  const ids = id === null ? found(writing, writer.entity, where).map((row) => row.id) : [id];
  for (const each of ids) if (!writer.mayWrite(writing, { ...values, id: each })) throw aclCheckFailed();
  const written = ids.map((each, index) => ({ ...updateOne(writing, writer, each, values), ...contactKey(writer, index === ids.length - 1) }));
  return { values: reloaded(writing, writer, withLastKeys(written, writer.lastKeys)) };
}

export function remove(writing: Writing, writer: Writer): Outcome {
  const { parameters } = writing;
  const where = parameters.list('where');
  if (where.length === 0) throw new ApiError('Parameter "where" is required.');
  const rows = found(writing, writer.entity, where);
  for (const row of rows) if (writer.entity !== 'Contact' && !writer.mayWrite(writing, { id: row.id })) throw aclCheckFailed();
  return { values: rows.map((row) => writer.delete(writing, row)) };
}

/** Rows of an update or delete; other than reads these have an order without orderBy, that of ids (recorded). */
function found(writing: Writing, entity: EntityName, where: readonly unknown[]): readonly AnyRow[] {
  const page = pageOf(writing.parameters);
  const orderBy = Object.keys(page.orderBy).length === 0 ? { id: 'ASC' } : page.orderBy;
  return find(writing, entity, where, { ...page, orderBy });
}

function updateOne(writing: Writing, writer: Writer, id: number, values: Values): ShownRow {
  const row = tableOf(writing.site.tables, writer.entity).get(id);
  // An id alone is not looked up first, so one that does not exist is an error (recorded: 500 for contacts, 403 for others).
  if (row === undefined) throw writer.entity === 'Contact' ? new ApiError('Expected one Contact but found 0') : aclCheckFailed();
  return writer.update(writing, row, values);
}

/** The last updated contact of a reply has one key more (recorded). */
const contactKey = (writer: Writer, last: boolean): ShownRow => (writer.entity === 'Contact' && last ? { contact_id: null } : {});

function idOf(values: Values): number | null {
  const { id } = values;
  if (typeof id === 'number') return id;
  return typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : null;
}

/** The id of a `where` that is nothing but `id = N`. */
function idAlone(where: readonly unknown[]): number | null {
  const [clause] = where;
  if (where.length !== 1 || !Array.isArray(clause)) return null;
  const [name, operator, value] = clause as unknown[];
  return name === 'id' && operator === '=' ? idOf({ id: value }) : null;
}

/** `match` finds exactly one row or none: several count as none, and then another is created (recorded). */
function matchingId(writing: Writing, entity: EntityName, values: Values, match: readonly string[]): number | null {
  if (match.length === 0 || match.some((name) => values[name] === undefined || values[name] === null)) return null;
  const rows: readonly AnyRow[] = matching(writing, entity, match.map((name) => [name, '=', values[name]]), 2);
  return rows.length === 1 ? (rows[0]?.id ?? null) : null;
}

function checkMandatory(entity: EntityName, action: string, values: Values): void {
  const missing = fieldsOf(entity)
    .filter((field) => field.required === true && !['', ':name', ':label'].some((suffix) => (values[`${field.name}${suffix}`] ?? '') !== ''))
    .map((field) => field.name);
  if (missing.length > 0) throw new ApiError(`Mandatory values missing from Api4 ${entity}::${action}: ${missing.join(', ')}`);
}

function withLastKeys(rows: readonly ShownRow[], keys: readonly string[]): readonly ShownRow[] {
  return rows.map((row, index) => (index === rows.length - 1 ? { ...row, ...nulls(keys.filter((key) => row[key] === undefined)) } : row));
}

/** With `reload` the rows as stored; 6.5 takes no list of fields (recorded). */
function reloaded(writing: Writing, writer: Writer, rows: readonly ShownRow[]): readonly ShownRow[] {
  const reload = writing.parameters.raw('reload');
  if (reload === undefined || reload === null || reload === false) return rows;
  if (Array.isArray(reload) && writing.site.version === '6.5') throw new ApiError('Parameter "reload" is not of the correct type. Expecting bool.');
  const select = Array.isArray(reload) ? (reload as unknown[]).filter((name) => typeof name === 'string') : [];
  const paths = selectPaths(writing, writer.entity, select);
  const table = tableOf(writing.site.tables, writer.entity);
  return rows.map((row) => {
    const stored = table.get(Number(row['id']));
    return stored === undefined ? row : shownRow(writing, writer.entity, paths, stored);
  });
}
