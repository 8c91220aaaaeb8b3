import { compactDate } from './column-text.ts';
import { NotSimulated, alreadyExists, constraintViolation } from './failures.ts';
import { readValues } from './given-values.ts';
import type { GroupColumns, TagColumns } from './group-rows.ts';
import { insertEntityTag, insertGroup, insertTag } from './group-rows.ts';
import { deleteGroup } from './removal.ts';
import type { Writer, Writing } from './writer.ts';
import { REPLY_END, editsContacts, filledColumns, nulls, shownColumns } from './writer.ts';

/** A smart group needs its search (foreign key). */
function checkSearch({ site }: Writing, { saved_search_id: search }: GroupColumns): void {
  if (search !== undefined && search !== null && site.tables.savedSearch.get(search) === undefined) throw constraintViolation();
}

export const groupWriter: Writer = {
  entity: 'Group',
  lastKeys: [],
  mayWrite: () => true,
  create(writing, values) {
    const { columns, unknown } = readValues(writing, 'Group', values);
    const given: GroupColumns = columns;
    checkSearch(writing, given);
    const row = insertGroup(writing.site, String(given.title), { ...given, created_id: writing.caller.contactId, modified_id: writing.caller.contactId });
    const named = ['id', 'name', 'title', ...Object.keys(columns), 'created_id', 'modified_id', 'frontend_title'];
    return { ...shownColumns(writing, 'Group', row, named), ...nulls(unknown), ...REPLY_END };
  },
  update(writing, row, values) {
    const { columns, unknown } = readValues(writing, 'Group', values);
    const { group } = writing.site.tables;
    checkSearch(writing, columns);
    for (const name of ['name', 'title'] as const) {
      const value = columns[name];
      if (typeof value === 'string' && group.find(name, value).some((other) => other.id !== row.id)) throw alreadyExists();
    }
    const after = group.update(row.id, { ...columns, modified_id: writing.caller.contactId });
    return { ...shownColumns(writing, 'Group', after, ['id', ...Object.keys(columns), 'modified_id']), ...nulls(unknown), ...REPLY_END };
  },
  delete({ site }, row) {
    deleteGroup(site, row.id);
    return { id: String(row.id) };
  },
};

export const tagWriter: Writer = {
  entity: 'Tag',
  lastKeys: [],
  mayWrite: () => true,
  create(writing, values) {
    const { columns, unknown } = readValues(writing, 'Tag', values);
    const given: TagColumns = columns;
    const row = insertTag(writing.site, String(given.label), { ...given, created_id: writing.caller.contactId });
    const compact = { created_date: compactDate(row.created_date ?? '') };
    return { ...shownColumns(writing, 'Tag', row, ['id', 'name', 'label', ...Object.keys(columns), 'created_id']), ...compact, ...nulls(unknown), ...REPLY_END };
  },
  update(writing, row, values) {
    const { columns, unknown } = readValues(writing, 'Tag', values);
    const after = writing.site.tables.tag.update(row.id, columns);
    return { ...filledColumns(writing, 'Tag', after), ...nulls(unknown), ...REPLY_END };
  },
  delete({ site }, row) {
    for (const link of site.tables.entityTag.find('tag_id', row.id)) site.tables.entityTag.delete(link.id);
    site.tables.tag.delete(row.id);
    return { id: String(row.id) };
  },
};

export const entityTagWriter: Writer = {
  entity: 'EntityTag',
  lastKeys: [],
  mayWrite: ({ caller }) => editsContacts(caller),
  create(writing, values) {
    const { columns, unknown } = readValues(writing, 'EntityTag', values);
    const { tables } = writing.site;
    const table = columns['entity_table'] ?? 'civicrm_contact';
    if (table !== 'civicrm_contact') throw new NotSimulated('tags of anything but contacts');
    const [contactId, tagId] = [Number(columns['entity_id']), Number(columns['tag_id'])];
    if (tables.contact.get(contactId) === undefined || tables.tag.get(tagId) === undefined) throw constraintViolation();
    const row = insertEntityTag(writing.site, table, contactId, tagId);
    return { ...filledColumns(writing, 'EntityTag', row), ...nulls(unknown), ...REPLY_END };
  },
  update(writing, row, values) {
    const { unknown } = readValues(writing, 'EntityTag', values);
    return { ...filledColumns(writing, 'EntityTag', row), ...nulls(unknown), ...REPLY_END };
  },
  delete({ site }, row) {
    site.tables.entityTag.delete(row.id);
    return { id: String(row.id) };
  },
};

export const activityWriter: Writer = {
  entity: 'Activity',
  lastKeys: [],
  mayWrite: () => true,
  create(writing, values) {
    const { columns, unknown } = readValues(writing, 'Activity', values);
    const { activity } = writing.site.tables;
    const row = activity.insert({ subject: null, details: null, activity_date_time: writing.site.time.localNow(), status_id: null, source_contact_id: null, target_contact_id: null, ...columns, activity_type_id: Number(columns['activity_type_id']), id: activity.nextId() });
    return { ...filledColumns(writing, 'Activity', row), ...nulls(unknown), ...REPLY_END };
  },
  update() {
    throw new NotSimulated('Activity.update');
  },
  delete() {
    throw new NotSimulated('Activity.delete');
  },
};
