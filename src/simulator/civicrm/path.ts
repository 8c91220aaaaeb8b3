import type { EntityName } from './entity-names.ts';
import { fieldNamed } from './entity-fields.ts';
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
  readonly suffix: 'id' | 'name' | 'label';
  /** Whether it is a column of the entity itself. */
  readonly own: boolean;
  read(row: AnyRow): ColumnValue;
}

type Join = (row: AnyRow) => AnyRow | undefined;
interface Joined {
  readonly entity: EntityName;
  readonly join: Join;
}

/** Joins of contacts that CiviCRM has and the simulator has not: said aloud, lest they look like fields that do not exist. */
const OTHER_JOINS = /^(phone|address|im|website|email)_(primary|billing)$/;

export function refuseOtherJoins(entity: EntityName, name: string): void {
  const [step = ''] = name.split(/[.:]/);
  if (entity === 'Contact' && step !== 'email_primary' && OTHER_JOINS.test(step)) throw new NotSimulated(`the field ${name} of contacts`);
}

/** Resolves `field`, `field:name`, `reference.field`, `email_primary.field`, any number of joins deep; null if there is no such field. */
export function resolvePath(reading: Reading, entity: EntityName, name: string): Path | null {
  const [dotted = '', suffix = 'id'] = name.split(':');
  if (suffix !== 'id' && suffix !== 'name' && suffix !== 'label') return null;
  const steps = dotted.split('.');
  const last = steps.pop() ?? '';
  let at: EntityName = entity;
  const joins: Join[] = [];
  refuseOtherJoins(entity, name);
  for (const step of steps) {
    const joined = joinedBy(reading, at, step);
    if (joined === null) return null;
    joins.push(joined.join);
    at = joined.entity;
  }
  if (at === 'Contact' && last === 'email_primary' && suffix === 'id') {
    const { join } = primaryEmail(reading);
    return path(name, integer('email_primary'), 'id', [...joins, join], 'id', false);
  }
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

/** `contact_count` of a group: its members with status Added. */
function countPath(reading: Reading, name: string, joins: readonly Join[]): Path {
  const count = (group: number): number => reading.site.tables.groupContact.find('group_id', group).filter((row) => row.status === 'Added').length;
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
  if (entity === 'Contact' && step === 'email_primary') return primaryEmail(reading);
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

function primaryEmail(reading: Reading): Joined {
  const table = tableOf(reading.site.tables, 'Email');
  return { entity: 'Email', join: (contact) => table.find('contact_id', contact.id).find((email) => email['is_primary'] === true) };
}
