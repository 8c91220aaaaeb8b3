import { equalText } from './collation.ts';
import type { Field, FieldOption } from './field.ts';
import type { Site } from './site.ts';

/** What of an option a suffix asks for: `:name`, `:label`, `:abbr`. */
export type OptionPart = 'name' | 'label' | 'abbr';

/** Options of a field: fixed ones, or the groups and tags of the site. */
export function optionsOf(site: Site, field: Field): readonly FieldOption[] | null {
  if (field.options !== undefined) return field.options;
  if (field.target === 'Group') return [...site.tables.group.all()].map((group) => ({ id: group.id, name: group.name, label: group.title }));
  if (field.target === 'Tag') return [...site.tables.tag.all()].map((tag) => ({ id: tag.id, name: tag.name, label: tag.label }));
  return null;
}

/** Name or label of an option by its id. */
export function optionText(site: Site, field: Field, id: string | number, by: OptionPart): string | number | null {
  const option = optionsOf(site, field)?.find((candidate) => String(candidate.id) === String(id));
  return option?.[by] ?? null;
}

/** Id of the option with this name or label; null when there is none, without an error (recorded). */
export function optionId(site: Site, field: Field, text: string, by: OptionPart): string | number | null {
  const option = optionsOf(site, field)?.find((candidate) => equalText(String(candidate[by]), text));
  return option === undefined ? null : option.id;
}
