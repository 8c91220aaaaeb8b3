import { optionText, type OptionPart } from './field-options.ts';
import { splitList, unpackList } from './column-text.ts';
import type { Path } from './path.ts';
import type { ColumnValue } from './rows.ts';
import type { AnyRow, Site } from './site.ts';
import { decodeStored } from './stored-text.ts';

/** A value in an answer. */
export type Shown = string | number | boolean | null | readonly (string | number | null)[];

/** A column's value as the API gives it out. */
export function show(site: Site, path: Path, row: AnyRow): Shown {
  const value = path.read(row);
  if (value === null) return null;
  return path.suffix === 'id' ? showStored(site, path.field.type, value) : showOption(site, path, path.suffix, value);
}

export function showStored(site: Site, type: Path['field']['type'], value: ColumnValue): Shown {
  if (typeof value === 'number' && type === 'timestamp') return site.time.show(value);
  if (typeof value !== 'string') return value;
  if (type === 'packed list') return unpackList(value);
  if (type === 'comma list') return splitList(value);
  return decodeStored(value);
}

function showOption(site: Site, path: Path, suffix: OptionPart, value: ColumnValue): Shown {
  const text = (id: string): string | number | null => optionText(site, path.field, id, suffix);
  if (typeof value === 'string' && path.field.type === 'packed list') return unpackList(value).map(text);
  return value === null ? null : text(String(value));
}
