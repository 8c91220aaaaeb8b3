import { joinList, packList } from './column-text.ts';
import { fieldNamed } from './entity-fields.ts';
import type { EntityName } from './entity-names.ts';
import { optionId } from './field-options.ts';
import type { Field } from './field.ts';
import { numberOf, textOf, textsOf } from './given-text.ts';
import type { Values } from './parameters.ts';
import type { Reading } from './path.ts';
import { refuseOtherWrites } from './path.ts';
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
    refuseOtherWrites(reading, entity, key);
    const [name = '', suffix] = key.split(':');
    const field = fieldNamed(entity, name);
    if (field === undefined || field.secret === true) unknown.push(key);
    else if (name !== 'id' && field.readonly !== true) columns[name] = suffix === 'name' || suffix === 'label' ? byOption(reading, field, value, suffix) : stored(reading, field, value);
  }
  return { columns, unknown, email };
}

function byOption(reading: Reading, field: Field, value: unknown, suffix: 'name' | 'label'): ColumnValue {
  const ids = textsOf(value).map((text) => optionId(reading.site, field, text, suffix));
  if (field.type === 'packed list') return packList(ids.filter((id) => id !== null).map(String));
  return ids[0] ?? null;
}

type Stored = (reading: Reading, field: Field, value: unknown) => ColumnValue;
const asNumber: Stored = (_reading, _field, value) => numberOf(textOf(value));

const STORED: Readonly<Record<Exclude<Field['type'], 'boolean'>, Stored>> = {
  integer: asNumber,
  number: asNumber,
  timestamp: ({ site }, _field, value) => site.time.readStamp(textOf(value)),
  datetime: ({ site }, _field, value) => site.time.readLocal(textOf(value)),
  date: ({ site }, _field, value) => site.time.readLocal(textOf(value)).slice(0, 10),
  'packed list': (_reading, _field, value) => packList(textsOf(value)),
  'comma list': (_reading, _field, value) => joinList(textsOf(value)),
  text: (_reading, { length }, value) => (length === undefined ? encodeStored(textOf(value)) : shorten(encodeStored(textOf(value)), length)),
};

/** A boolean given as text is true only if it is a 1: "true" is stored as false (recorded). */
const isTrue = (value: unknown): boolean => value === true || Number.parseInt(textOf(value), 10) === 1;

function stored(reading: Reading, field: Field, value: unknown): ColumnValue {
  if (field.type === 'boolean') return isTrue(value);
  if (value === null || value === undefined || value === '') return null;
  if (value === 'user_contact_id' && field.target === 'Contact') return reading.caller.contactId;
  return STORED[field.type](reading, field, value);
}
