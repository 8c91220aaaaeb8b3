import type { EntityName } from './entity-names.ts';

type FieldType =
  | 'integer'
  | 'number'
  | 'text'
  | 'boolean'
  | 'timestamp'
  | 'datetime'
  | 'date'
  /** Values between U+0001 characters; a list of texts in the API. */
  | 'packed list'
  /** Values separated by commas; a list of texts in the API. */
  | 'comma list';

export interface FieldOption {
  readonly id: string | number;
  readonly name: string | number;
  readonly label: string;
  /** Abbreviation (`:abbr`), of countries and states. */
  readonly abbr?: string;
}

export type ContactType = 'Individual' | 'Organization' | 'Household';

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Characters of a text column; longer text is cut. */
  readonly length?: number;
  readonly required?: boolean;
  /** Not writable by the API. */
  readonly readonly?: boolean;
  /** Entity that the value is an id of: its fields can be joined as `name.field`. */
  readonly target?: EntityName;
  readonly options?: readonly FieldOption[];
  /** Types of contact that have the field; rows of other types leave it out. */
  readonly types?: readonly ContactType[];
  /** Never given out (the API key). */
  readonly secret?: boolean;
}

type More = Omit<Field, 'name' | 'type'>;

export const integer = (name: string, more: More = {}): Field => ({ name, type: 'integer', ...more });
export const text = (name: string, length?: number, more: More = {}): Field => ({ name, type: 'text', ...(length === undefined ? {} : { length }), ...more });
export const boolean = (name: string): Field => ({ name, type: 'boolean' });
export const timestamp = (name: string): Field => ({ name, type: 'timestamp', readonly: true });
export const ofType = (name: string, type: FieldType, more: More = {}): Field => ({ name, type, ...more });
/** A foreign key. */
export const reference = (name: string, target: EntityName, more: More = {}): Field => ({ name, type: 'integer', target, ...more });
export const identifier = integer('id', { readonly: true });
