import { alreadyExists } from './failures.ts';
import { randomLowerCase } from './random-text.ts';
import type { EntityTagRow, GroupRow, TagRow } from './rows.ts';
import type { Site } from './site.ts';

export type GroupColumns = Partial<Omit<GroupRow, 'id'>>;
export type TagColumns = Partial<Omit<TagRow, 'id'>>;

const munged = (title: string): string => title.replace(/[^a-zA-Z0-9]+/g, '_');

/** A group; without a name it gets one from its title and its id. Names and titles are unique (recorded). */
export function insertGroup(site: Site, title: string, columns: GroupColumns, id: number | null = null): GroupRow {
  const { group } = site.tables;
  const taken = id ?? group.nextId();
  const name = columns.name ?? `${munged(title).slice(0, 8)}_${taken}`;
  if (group.find('title', title).length > 0 || group.find('name', name).length > 0) throw alreadyExists();
  return group.insert({
    description: null,
    source: null,
    saved_search_id: null,
    is_active: true,
    visibility: 'User and User Admin Only',
    where_clause: null,
    select_tables: null,
    where_tables: null,
    group_type: null,
    cache_date: null,
    cache_fill_took: null,
    refresh_date: null,
    parents: null,
    children: null,
    is_hidden: false,
    is_reserved: false,
    created_id: null,
    modified_id: null,
    frontend_title: title,
    frontend_description: null,
    ...columns,
    title,
    name,
    id: taken,
  });
}

/** A tag. Labels may repeat; the name of the second gets a random ending (recorded). */
export function insertTag(site: Site, label: string, columns: TagColumns): TagRow {
  const { tag } = site.tables;
  const wanted = columns.name ?? munged(label);
  if (columns.name !== undefined && columns.name !== null && tag.find('name', columns.name).length > 0) {
    tag.nextId();
    throw alreadyExists();
  }
  const name = tag.find('name', wanted).length > 0 ? `${wanted}_${randomLowerCase(site.random, 4)}` : wanted;
  return tag.insert({
    description: null,
    parent_id: null,
    is_selectable: true,
    is_reserved: false,
    is_tagset: false,
    used_for: 'civicrm_contact',
    created_id: null,
    color: null,
    created_date: site.time.localNow(),
    ...columns,
    label,
    name,
    id: tag.nextId(),
  });
}

/** Puts a tag on a contact; a second time is refused, and has taken an id (recorded). */
export function insertEntityTag(site: Site, entityTable: string, entityId: number, tagId: number): EntityTagRow {
  const { entityTag } = site.tables;
  const id = entityTag.nextId();
  if (entityTag.find('entity_id', entityId).some((row) => row.tag_id === tagId && row.entity_table === entityTable)) throw alreadyExists();
  return entityTag.insert({ id, entity_table: entityTable, entity_id: entityId, tag_id: tagId });
}

