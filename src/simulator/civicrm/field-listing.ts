import type { EntityName } from './entity-names.ts';
import { fieldsOf } from './entity-fields.ts';
import { optionsOf } from './field-options.ts';
import type { Field } from './field.ts';
import { NotSimulated } from './failures.ts';
import type { Outcome } from './get.ts';
import type { Parameters } from './parameters.ts';
import type { Reading } from './path.ts';

const DATA_TYPES: Readonly<Record<Field['type'], string>> = {
  integer: 'Integer',
  number: 'Float',
  text: 'String',
  boolean: 'Boolean',
  timestamp: 'Timestamp',
  datetime: 'Timestamp',
  date: 'Date',
  'packed list': 'String',
  'comma list': 'String',
};

/** `getFields`: what a field picker needs. `where` may only name fields: `["name", "=", …]` or `["name", "IN", […]]`. */
export function getFields(reading: Reading, entity: EntityName, parameters: Parameters): Outcome {
  const names = namesOf(parameters);
  const select = parameters.texts('select');
  const fields = fieldsOf(entity).filter((field) => field.secret !== true && (names === null || names.has(field.name)));
  return { values: fields.map((field) => chosen(described(reading, entity, field, parameters.raw('loadOptions')), select)) };
}

function namesOf(parameters: Parameters): ReadonlySet<unknown> | null {
  const where = parameters.list('where');
  if (where.length === 0) return null;
  const [name, operator, value] = where.length === 1 && Array.isArray(where[0]) ? (where[0] as unknown[]) : [];
  if (name === 'name' && operator === '=') return new Set([value]);
  if (name === 'name' && operator === 'IN' && Array.isArray(value)) return new Set(value as unknown[]);
  throw new NotSimulated('getFields with a where other than on name');
}

function described(reading: Reading, entity: EntityName, field: Field, loadOptions: unknown): Readonly<Record<string, unknown>> {
  const title = field.name.split('_').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join(' ');
  const options = optionsOf(reading.site, field);
  return {
    type: 'Field',
    entity,
    required: field.required === true,
    readonly: field.readonly === true,
    name: field.name,
    title,
    label: title,
    data_type: DATA_TYPES[field.type],
    fk_entity: field.target ?? null,
    options: options === null ? false : loadedOptions(options, loadOptions),
  };
}

function loadedOptions(options: NonNullable<ReturnType<typeof optionsOf>>, loadOptions: unknown): unknown {
  if (Array.isArray(loadOptions)) return options;
  return loadOptions === true ? Object.fromEntries(options.map((option) => [String(option.id), option.label])) : true;
}

function chosen(row: Readonly<Record<string, unknown>>, select: readonly string[]): Readonly<Record<string, unknown>> {
  return select.length === 0 ? row : Object.fromEntries(select.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]));
}
