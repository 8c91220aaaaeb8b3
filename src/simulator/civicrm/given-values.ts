import { joinList, packList } from './column-text.ts';
import { fieldNamed } from './entity-fields.ts';
import type { EntityName } from './entity-names.ts';
import { optionId } from './field-options.ts';
import type { Field } from './field.ts';
import type { Values } from './parameters.ts';
import type { Reading } from './path.ts';
import type { ColumnValue } from './rows.ts';
import { encodeStored, shorten } from './stored-text.ts';

export interface GivenValues {
  /** Columns to write. */
  readonly columns: Readonly<Record<string, ColumnValue>>;
  /** Names that are no field: ignored, and echoed as null (recorded). */
  readonly unknown: readonly string[];
  /** Values of `email_primary.*`, by the name of the e-mail's column. */
  readonly email: Values;
}

/** Values of a write as the columns will hold them. Nothing is refused: what does not fit is cut, emptied or zeroed (recorded). */
export function readValues(reading: Reading, entity: EntityName, values: Values): GivenValues {
  const columns: Record<string, ColumnValue> = {};
  const unknown: string[] = [];
  const email: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (entity === 'Contact' && key.startsWith('email_primary.')) {
      email[key.slice('email_primary.'.length)] = value;
      continue;
    }
    const [name = '', suffix] = key.split(':');
    const field = fieldNamed(entity, name);
    if (field === undefined || field.secret === true) unknown.push(key);
    else if (name !== 'id' && field.readonly !== true) columns[name] = suffix === 'name' || suffix === 'label' ? byOption(reading, field, value, suffix) : stored(reading, field, value);
  }
  return { columns, unknown, email };
}

function byOption(reading: Reading, field: Field, value: unknown, suffix: 'name' | 'label'): ColumnValue {
  const ids = (Array.isArray(value) ? (value as unknown[]) : [value]).map((item) => optionId(reading.site, field, String(item as string), suffix));
  if (field.type === 'packed list') return packList(ids.filter((id) => id !== null).map(String));
  return ids[0] ?? null;
}

function stored(reading: Reading, field: Field, value: unknown): ColumnValue {
  if (field.type === 'boolean') return value === true || (typeof value !== 'boolean' && Number.parseInt(String(value as string), 10) === 1);
  if (value === null || value === undefined || value === '') return null;
  const text = String(value as string);
  switch (field.type) {
    case 'integer':
    case 'number':
      if (text === 'user_contact_id' && field.target === 'Contact') return reading.caller.contactId;
      return Number.parseFloat(text) || 0;
    case 'timestamp':
      return reading.site.time.readStamp(text);
    case 'datetime':
      return reading.site.time.readLocal(text);
    case 'date':
      return reading.site.time.readLocal(text).slice(0, 10);
    case 'packed list':
      return packList(textsOf(value));
    case 'comma list':
      return joinList(textsOf(value));
    case 'text':
      return field.length === undefined ? encodeStored(text) : shorten(encodeStored(text), field.length);
  }
}

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? (value as unknown[]) : [value]).map((item) => String(item as string));
