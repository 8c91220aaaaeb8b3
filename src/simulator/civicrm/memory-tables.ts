import { MemoryTable, type TableListener } from './memory-table.ts';
import type { RowMirror } from './row-mirror.ts';
import type { CivicrmTables, TableName } from './tables.ts';

/** Empty tables in memory, indexed where CiviCRM's are and where a foreign key points; a mirror hears of every change. */
export function memoryTables(mirror?: RowMirror): CivicrmTables {
  const to = (table: TableName): TableListener | undefined => mirror && { changed: (id, row) => mirror.changed(table, id, row), cleared: () => mirror.cleared(table) };
  return {
    contact: new MemoryTable(['external_identifier', 'last_name', 'first_name', 'display_name'], to('contact')),
    email: new MemoryTable(['contact_id', 'email'], to('email')),
    group: new MemoryTable(['name', 'title'], to('group')),
    groupContact: new MemoryTable(['contact_id', 'group_id'], to('groupContact')),
    groupContactCache: new MemoryTable(['contact_id', 'group_id'], to('groupContactCache')),
    savedSearch: new MemoryTable([], to('savedSearch')),
    subscriptionHistory: new MemoryTable(['contact_id', 'group_id'], to('subscriptionHistory')),
    tag: new MemoryTable(['name', 'label'], to('tag')),
    entityTag: new MemoryTable(['entity_id', 'tag_id'], to('entityTag')),
    merge: new MemoryTable(['duplicate_id', 'main_id'], to('merge')),
    activity: new MemoryTable(['target_contact_id'], to('activity')),
    phone: new MemoryTable(['contact_id'], to('phone')),
    address: new MemoryTable(['contact_id'], to('address')),
    membership: new MemoryTable(['contact_id'], to('membership')),
    contribution: new MemoryTable(['contact_id'], to('contribution')),
    customField: new MemoryTable(['name'], to('customField')),
    customValue: new MemoryTable(['entity_id'], to('customValue')),
  };
}
