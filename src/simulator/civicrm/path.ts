import { customField } from './custom-fields.ts';
import type { EntityName } from './entity-names.ts';
import { fieldNamed } from './entity-fields.ts';
import type { OptionPart } from './field-options.ts';
import type { Field } from './field.ts';
import { integer } from './field.ts';
import type { ColumnValue } from './rows.ts';
import type { AnyRow, Caller, Site } from './site.ts';
import { NotSimulated } from './failures.ts';
import { tableOf } from './site.ts';
import { seesRow } from './visibility.ts';

export interface Reading {
  readonly site: Site;
  readonly caller: Caller;
}

/** A field as named in a call: perhaps of a joined entity, perhaps by name or label of its option. */
export interface Path {
  readonly name: string;
  readonly field: Field;
  readonly suffix: 'id' | OptionPart;
  /** Whether it is a column of the entity itself. */
  readonly own: boolean;
  read(row: AnyRow): ColumnValue;
}

type Join = (row: AnyRow) => AnyRow | undefined;
interface Joined {
  readonly entity: EntityName;
  readonly join: Join;
}

/** Joins from a contact to the primary one of its rows. */
const PRIMARY: Readonly<Record<string, EntityName>> = { email_primary: 'Email', phone_primary: 'Phone', address_primary: 'Address' };

/** The entity that a contact's `email_primary` and the like lead to. */
export const primaryTarget = (entity: EntityName, step: string): EntityName | undefined => (entity === 'Contact' && Object.hasOwn(PRIMARY, step) ? PRIMARY[step] : undefined);

/** Joins of contacts that CiviCRM has and the simulator has not: said aloud, lest they look like fields that do not exist. */
const OTHER_JOINS = /^(phone|address|im|website|email)_(primary|billing)$/;

function refuseOtherJoins(entity: EntityName, name: string): void {
  const [step = ''] = name.split(/[.:]/);
  if (primaryTarget(entity, step) === undefined && entity === 'Contact' && OTHER_JOINS.test(step)) throw new NotSimulated(`the field ${name} of contacts`);
}

/** What can be read of contacts and not be written by the API. */
export function refuseOtherWrites(reading: Reading, entity: EntityName, name: string): void {
  const [step = ''] = name.split(/[.:]/);
  const [whole = ''] = name.split(':');
  if (entity === 'Contact' && (OTHER_JOINS.test(step) || customField(reading.site, reading.caller, whole) !== null)) throw new NotSimulated(`writing ${name} of contacts`);
}

/** Resolves `field`, `field:name`, `reference.field`, `email_primary.field`, `Custom_Group.field`, any number of joins deep; null if there is no such field. */
export function resolvePath(reading: Reading, entity: EntityName, name: string): Path | null {
  const [dotted = '', suffix = 'id'] = name.split(':');
  if (suffix !== 'id' && suffix !== 'name' && suffix !== 'label' && suffix !== 'abbr') return null;
  const steps = dotted.split('.');
  const last = steps.pop() ?? '';
  let at: EntityName = entity;
  const joins: Join[] = [];
  refuseOtherJoins(entity, name);
  for (const [index, step] of steps.entries()) {
    const joined = joinedBy(reading, at, step);
    if (joined === null) return at === 'Contact' && index === steps.length - 1 ? customPath(reading, name, suffix, joins, `${step}.${last}`) : null;
    joins.push(joined.join);
    at = joined.entity;
  }
  const primary = primaryTarget(at, last);
  if (primary !== undefined && suffix === 'id') return path(name, integer(last), 'id', [...joins, primaryRow(reading, primary).join], 'id', false);
  if (at === 'Group' && last === 'contact_count' && suffix === 'id') {
    return countPath(reading, name, joins);
  }
  const field = fieldNamed(at, last);
  if (field === undefined || field.secret === true) return null;
  return path(name, field, suffix, joins, last, joins.length === 0);
}

function path(name: string, field: Field, suffix: Path['suffix'], joins: readonly Join[], column: string, own: boolean): Path {
  return { name, field, suffix, own, read: (row) => follow(row, joins)?.[column] ?? null };
}

function customPath(reading: Reading, name: string, suffix: Path['suffix'], joins: readonly Join[], custom: string): Path | null {
  const found = customField(reading.site, reading.caller, custom);
  if (found === null) return null;
  const read = (row: AnyRow): ColumnValue => {
    const contact = follow(row, joins);
    return contact === undefined ? null : found.read(contact.id);
  };
  return { name, field: found.field, suffix, own: false, read };
}

/** `contact_count` of a group: how many are in its cache; when that is empty, its members with status Added (recorded; the cache read). */
function countPath(reading: Reading, name: string, joins: readonly Join[]): Path {
  const { groupContact, groupContactCache } = reading.site.tables;
  const count = (group: number): number => groupContactCache.count('group_id', group) || groupContact.find('group_id', group).filter((row) => row.status === 'Added').length;
  const read = (row: AnyRow): ColumnValue => {
    const group = follow(row, joins);
    return group === undefined ? null : count(group.id);
  };
  return { name, field: integer('contact_count'), suffix: 'id', own: false, read };
}

function follow(row: AnyRow, joins: readonly Join[]): AnyRow | undefined {
  let at: AnyRow | undefined = row;
  for (const join of joins) {
    if (at === undefined) return undefined;
    at = join(at);
  }
  return at;
}

function joinedBy(reading: Reading, entity: EntityName, step: string): Joined | null {
  const primary = primaryTarget(entity, step);
  if (primary !== undefined) return primaryRow(reading, primary);
  const target = fieldNamed(entity, step)?.target;
  if (target === undefined) return null;
  const table = tableOf(reading.site.tables, target);
  const join: Join = (row) => {
    const id = row[step];
    const joined = typeof id === 'number' ? table.get(id) : undefined;
    return joined !== undefined && seesRow(reading.site, reading.caller, target, joined) ? joined : undefined;
  };
  return { entity: target, join };
}

function primaryRow(reading: Reading, entity: EntityName): Joined {
  const table = tableOf(reading.site.tables, entity);
  return { entity, join: (contact) => table.find('contact_id', contact.id).find((row) => row['is_primary'] === true) };
}
