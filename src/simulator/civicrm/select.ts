import { customNames } from './custom-fields.ts';
import type { EntityName } from './entity-names.ts';
import { fieldNamed, fieldsOf } from './entity-fields.ts';
import type { Shown } from './output.ts';
import { show } from './output.ts';
import type { Path, Reading } from './path.ts';
import { primaryTarget, resolvePath } from './path.ts';
import type { AnyRow } from './site.ts';

export type ShownRow = Record<string, Shown>;

/** The paths that a plain `select` means. Names that do not exist or may not be seen are dropped without a word (recorded). */
export function selectPaths(reading: Reading, entity: EntityName, select: readonly string[]): readonly Path[] {
  const wanted = select.filter((name) => name !== 'row_count');
  const names = wanted.length === 0 ? ['*'] : ['id', ...wanted];
  const paths = new Map<string, Path>();
  for (const name of names.flatMap((given) => expand(reading, entity, given))) {
    const path = resolvePath(reading, entity, name);
    if (path !== null) paths.set(name, path);
  }
  return [...paths.values()];
}

/** `*` is every column of the entity, `join.*` every column of the joined one, neither with further joins; `custom.*` every custom field. */
function expand(reading: Reading, entity: EntityName, name: string): readonly string[] {
  if (name === '*') return fieldsOf(entity).map((field) => field.name);
  if (name === 'custom.*' && entity === 'Contact') return customNames(reading.site, reading.caller);
  if (!name.endsWith('.*')) return [name];
  const prefix = name.slice(0, -2);
  const joined = joinTarget(entity, prefix.split('.'));
  return joined === null ? [] : fieldsOf(joined).map((field) => `${prefix}.${field.name}`);
}

function joinTarget(entity: EntityName, steps: readonly string[]): EntityName | null {
  let at: EntityName = entity;
  for (const step of steps) {
    const next: EntityName | undefined = primaryTarget(at, step) ?? fieldNamed(at, step)?.target;
    if (next === undefined) return null;
    at = next;
  }
  return at;
}

/** Fields that a contact's type does not have are left out, once its type is in the row (recorded). */
export function shownRow(reading: Reading, entity: EntityName, paths: readonly Path[], row: AnyRow): ShownRow {
  const type = entity === 'Contact' && paths.some((path) => path.name === 'contact_type') ? row['contact_type'] : null;
  const shown: ShownRow = {};
  for (const path of paths) {
    if (type !== null && path.own && path.field.types !== undefined && !path.field.types.some((name) => name === type)) continue;
    shown[path.name] = show(reading.site, path, row);
  }
  return shown;
}
