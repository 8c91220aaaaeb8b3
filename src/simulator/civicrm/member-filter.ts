import { ApiError, PhpError } from './failures.ts';
import { optionId } from './field-options.ts';
import type { Field } from './field.ts';
import { textOf, textsOf } from './given-text.ts';
import { reference } from './field.ts';
import type { Predicate } from './comparison.ts';
import type { Reading } from './path.ts';
import type { Site } from './site.ts';

const GROUPS: Field = reference('groups', 'Group');
const TAGS: Field = reference('tags', 'Tag');

/** The filters `groups` and `tags` of contacts (also by `:name`), which are no columns; null for any other name. */
export function membership(reading: Reading, name: string, operator: string, value: unknown): Predicate | null {
  const [filter, suffix = 'id'] = name.split(':');
  if (filter !== 'groups' && filter !== 'tags') return null;
  const field = filter === 'groups' ? GROUPS : TAGS;
  const ids = new Set(givenIds(operator, value).map((item) => (suffix === 'name' || suffix === 'label' ? optionId(reading.site, field, item, suffix) : Number(item))));
  const isMember = filter === 'groups' ? inGroups(reading.site, ids) : tagged(reading.site, ids);
  const wanted = operator === 'IN' || operator === '=';
  return (row) => isMember(row.id) === wanted;
}

type Ids = ReadonlySet<string | number | null>;
type IsMember = (contactId: number) => boolean;

/** Added by hand in any of the groups, or in the cache of a smart group, which is made anew first where it has run out. */
function inGroups({ tables, smartGroups }: Site, ids: Ids): IsMember {
  const cached = smartGroups.open([...ids].filter((id) => typeof id === 'number'));
  return (contactId) =>
    tables.groupContact.find('contact_id', contactId).some((row) => row.status === 'Added' && ids.has(row.group_id)) ||
    (cached.size > 0 && tables.groupContactCache.find('contact_id', contactId).some((row) => cached.has(row.group_id)));
}

const tagged =
  ({ tables }: Site, ids: Ids): IsMember =>
  (contactId) =>
    tables.entityTag.find('entity_id', contactId).some((row) => row.entity_table === 'civicrm_contact' && ids.has(row.tag_id));

function givenIds(operator: string, value: unknown): readonly string[] {
  if (operator === 'IN' || operator === 'NOT IN') {
    if (!Array.isArray(value)) throw new PhpError(`${operator} needs a list`);
    return textsOf(value);
  }
  if (operator === '=' || operator === '!=') return [textOf(value)];
  throw new ApiError('Illegal operator');
}
