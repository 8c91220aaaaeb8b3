import { MemoryTable } from './memory-table.ts';
import type { CivicrmTables } from './tables.ts';

/** Empty tables in memory, indexed where CiviCRM's are and where a foreign key points. */
export function memoryTables(): CivicrmTables {
  return {
    contact: new MemoryTable(['external_identifier', 'last_name', 'first_name', 'display_name']),
    email: new MemoryTable(['contact_id', 'email']),
    group: new MemoryTable(['name', 'title']),
    groupContact: new MemoryTable(['contact_id', 'group_id']),
    subscriptionHistory: new MemoryTable(['contact_id', 'group_id']),
    tag: new MemoryTable(['name', 'label']),
    entityTag: new MemoryTable(['entity_id', 'tag_id']),
    merge: new MemoryTable(['duplicate_id', 'main_id']),
    activity: new MemoryTable(['target_contact_id']),
  };
}
