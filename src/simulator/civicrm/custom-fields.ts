import { packList } from './column-text.ts';
import { touch } from './contact-rows.ts';
import type { Field, FieldOption } from './field.ts';
import type { CustomFieldRow } from './record-rows.ts';
import type { ColumnValue } from './rows.ts';
import type { Caller, Site } from './site.ts';
import { encodeStored } from './stored-text.ts';

/** Kinds of custom field; `packed list`: several values, as of check boxes. */
export type CustomFieldType = 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'packed list';
export const CUSTOM_FIELD_TYPES: readonly CustomFieldType[] = ['text', 'integer', 'number', 'boolean', 'date', 'datetime', 'packed list'];

export interface NewCustomField {
  /** Name of the group, which is made with its first field. */
  readonly group: string;
  readonly name: string;
  /** Default text. */
  readonly type?: CustomFieldType;
  /** Value → label. */
  readonly options?: Readonly<Record<string, string>>;
}

export type CustomValue = string | number | boolean | null | readonly string[];

const definitionOf = (site: Site, path: string): CustomFieldRow | undefined => [...site.tables.customField.all()].find((row) => `${row.group_name}.${row.name}` === path);

/** Whether a role may see custom fields; to others they do not exist (recorded). */
const seesCustom = (caller: Caller): boolean => caller.permissions.has('access all custom data');

/** The custom field of contacts that `Group.Field` names, and how its value is read; null when there is none that the caller may see. */
export function customField(site: Site, caller: Caller, path: string): { readonly field: Field; readonly read: (contactId: number) => ColumnValue } | null {
  const definition = seesCustom(caller) ? definitionOf(site, path) : undefined;
  if (definition === undefined) return null;
  const options = optionsOf(definition);
  const field: Field = { name: path, type: definition.type as CustomFieldType, ...(options && { options }) };
  return { field, read: (contactId) => valueRow(site, contactId, definition.id)?.value ?? null };
}

/** `Group.Field` of all custom fields that the caller may see. */
export const customNames = (site: Site, caller: Caller): readonly string[] => (seesCustom(caller) ? [...site.tables.customField.all()].map((row) => `${row.group_name}.${row.name}`) : []);

function optionsOf({ options }: CustomFieldRow): readonly FieldOption[] | undefined {
  return options === null ? undefined : Object.entries(JSON.parse(options) as Readonly<Record<string, string>>).map(([id, label]) => ({ id, name: id, label }));
}

const valueRow = (site: Site, contactId: number, fieldId: number) => site.tables.customValue.find('entity_id', contactId).find((row) => row.custom_field_id === fieldId);

export function createCustomField(site: Site, { group, name, type = 'text', options }: NewCustomField): number {
  const { customField: fields } = site.tables;
  if (definitionOf(site, `${group}.${name}`) !== undefined) throw new RangeError(`there is a custom field ${group}.${name} already`);
  return fields.insert({ id: fields.nextId(), group_name: group, name, type, options: options ? JSON.stringify(options) : null }).id;
}

/** Changes a contact's value. `modified_date` moves, as it does where the triggers of the custom group's table are in place (recorded). */
export function setCustomValue(site: Site, contactId: number, path: string, value: CustomValue): void {
  const definition = definitionOf(site, path);
  if (definition === undefined) throw new RangeError(`there is no custom field ${path}`);
  const { customValue } = site.tables;
  const row = valueRow(site, contactId, definition.id);
  const stored = storedValue(value);
  if (row === undefined) customValue.insert({ id: customValue.nextId(), entity_id: contactId, custom_field_id: definition.id, value: stored });
  else customValue.update(row.id, { value: stored });
  touch(site, contactId);
}

function storedValue(value: CustomValue): ColumnValue {
  if (typeof value === 'string') return encodeStored(value);
  return typeof value === 'object' && value !== null ? packList(value) : value;
}
